export type { ClientOptions, Execute, ExecuteResult, TransactionOptions } from "./client.js";
export { LightningClient, Transaction } from "./client.js";
export type { components, paths } from "./document.js";
export { parseJson, writeJson } from "./json.js";
export type {
  BatchResult,
  CallOptions,
  ImportOptions,
  Operation,
  PutOptions,
  RangeOptions,
  Record,
} from "./keyspace.js";
export { Entries, Keyspace, Value } from "./keyspace.js";
export type { Problem } from "./problem.js";
export { BrokenStreamError, LightningError } from "./problem.js";
export type { RetryOptions } from "./retry.js";
