# One machine, one folder: the Worker on a plain workerd, started from the root of the repository, which the folders below are relative to.
# `cargo xtask serve` sets the socket, the folder of the state and the secrets.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "raseed", worker = .raseed),
    (name = "state", disk = (path = "target/state", writable = true)),
    (name = "files", disk = (path = "target/raseed/files")),
    (name = "internet", network = .internet),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "raseed")],
);

# Where webhooks go. Whatever a name leads to, and however often it changes: no connection is made to an address that is not public.
const internet :Workerd.Network = (allow = ["public"], tlsOptions = (trustBrowserCas = true));

const raseed :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed "build/index.js"),
    (name = "index_bg.wasm", wasm = embed "build/index_bg.wasm"),
  ],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [
    (className = "BatchObject", uniqueKey = "raseed-batch", enableSql = true),
    (className = "CardObject", uniqueKey = "raseed-card", enableSql = true),
    (className = "CheckoutObject", uniqueKey = "raseed-checkout", enableSql = true),
    (className = "CourierObject", uniqueKey = "raseed-courier", enableSql = true),
    (className = "JournalObject", uniqueKey = "raseed-journal", enableSql = true),
    (className = "MerchantObject", uniqueKey = "raseed-merchant", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "state"),
  bindings = [
    (name = "BATCH", durableObjectNamespace = "BatchObject"),
    (name = "CARD", durableObjectNamespace = "CardObject"),
    (name = "CHECKOUT", durableObjectNamespace = "CheckoutObject"),
    (name = "COURIER", durableObjectNamespace = "CourierObject"),
    (name = "JOURNAL", durableObjectNamespace = "JournalObject"),
    (name = "MERCHANT", durableObjectNamespace = "MerchantObject"),
    (name = "FILES", service = "files"),
    (name = "RASEED_SIGNING_ROOTS", fromEnvironment = "RASEED_SIGNING_ROOTS"),
    (name = "RASEED_AUTH_ROOTS", fromEnvironment = "RASEED_AUTH_ROOTS"),
    (name = "RASEED_INDEX_ROOT", fromEnvironment = "RASEED_INDEX_ROOT"),
    (name = "RASEED_METER", fromEnvironment = "RASEED_METER"),
  ],
);
