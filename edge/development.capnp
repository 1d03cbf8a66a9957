# The same as workerd.capnp, on a developer's machine: webhooks may also go to a receiver on that machine. `cargo xtask` takes it when the secrets are the public
# development set, which serves `test` only.
using Workerd = import "/workerd/workerd.capnp";
using Raseed = import "workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "raseed", worker = Raseed.raseed),
    (name = "state", disk = (path = "target/state", writable = true)),
    (name = "files", disk = (path = "target/raseed/files")),
    (name = "internet", network = (allow = ["public", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "raseed")],
);
