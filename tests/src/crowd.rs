//! Many at once.

use std::sync::Barrier;

/// Does something `count` times side by side, all starting together, and returns what came of each.
pub fn at_once<T: Send>(count: usize, act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (start, act) = (&Barrier::new(count), &act);
    std::thread::scope(|scope| {
        let one = |place| {
            scope.spawn(move || {
                start.wait();
                act(place)
            })
        };
        let threads: Vec<_> = (0..count).map(one).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}
