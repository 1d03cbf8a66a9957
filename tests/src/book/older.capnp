# Books as an older version left them: their files are those of the Worker's own journal, and what is written to them says whoever comes.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "door", worker = .door),
    (name = "state", disk = (path = "target/state", writable = true)),
  ],
  sockets = [(name = "door", address = "127.0.0.1:0", http = (), service = "door")],
);

const door :Workerd.Worker = (
  modules = [(name = "door.js", esModule = embed "door.js")],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [(className = "JournalObject", uniqueKey = "raseed-journal", enableSql = true)],
  durableObjectStorage = (localDisk = "state"),
  bindings = [(name = "JOURNAL", durableObjectNamespace = "JournalObject")],
);
