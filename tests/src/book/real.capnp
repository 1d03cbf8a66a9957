# The Worker as it ships, and beside it a door to its books: whoever speaks to that is taken for a card.
using Workerd = import "/workerd/workerd.capnp";
using Edge = import "../../../edge/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "raseed", worker = Edge.raseed),
    (name = "state", disk = (path = "target/state", writable = true)),
    (name = "files", disk = (path = "target/raseed/files")),
    (name = "internet", network = Edge.internet),
    (name = "door", worker = .door),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "raseed"),
    (name = "door", address = "127.0.0.1:0", http = (), service = "door"),
  ],
);

const door :Workerd.Worker = (
  modules = [(name = "door.js", esModule = embed "door.js")],
  compatibilityDate = "2026-11-01",
  bindings = [(name = "JOURNAL", durableObjectNamespace = (className = "JournalObject", serviceName = "raseed"))],
);
