// Where the memory budget goes.

import {bytes, count, share} from '../lib/format.js';
import {empty, facts, stack} from '../lib/parts.js';

const PARTS = [
  ['cacheBytes', 'Cache', 'Blocks of runs that were read'],
  ['memtableBytes', 'Memtables', 'Writes that are not in runs yet'],
  ['runBytes', 'Indexes of runs', 'Filters and indexes that open runs keep in memory'],
  ['logBytes', 'Log', 'Buffers of the log'],
  ['transactionBytes', 'Transactions', 'Writes, reads and locks of open transactions'],
  ['requestBytes', 'Requests', 'Bodies and answers that are under way'],
  ['scanBytes', 'Scans', 'Open scans'],
  ['snapshotBytes', 'Snapshots', 'Open snapshots'],
  ['maintenanceBytes', 'Maintenance', 'Flushes, compactions and checks that run'],
  ['embedderBytes', 'Service', 'What the service keeps beside the engine'],
];

/** Draws the parts of the budget that are worth a mention, and the rest as one. */
export function memoryParts(memory) {
  if (memory === null) {
    return empty('Out of reach', 'These figures are on the management port of the service, which this page does not reach.');
  }
  const used = PARTS.map(([name, title, text]) => ({name: title, value: memory[name] ?? 0, title: text}))
      .sort((a, b) => b.value - a.value);
  const sum = used.reduce((all, part) => all + part.value, 0);
  const large = used.slice(0, 5).filter(part => part.value > 0);
  const rest = sum - large.reduce((all, part) => all + part.value, 0);
  const parts = [...large, ...(rest > 0 ? [{name: 'Others', value: rest}] : [])].map(part => ({...part, text: bytes(part.value)}));
  return [
    stack('Memory', [...parts, {name: 'Free', value: Math.max(0, memory.bytesMax - sum), text: bytes(Math.max(0, memory.bytesMax - sum)), color: 'free'}]),
    facts(['In use', `${bytes(sum)} of ${bytes(memory.bytesMax)} (${share(sum / memory.bytesMax)})`],
        ['Requests waiting for memory', count(memory.requestsWaiting)], ['Refused since the start', count(memory.requestsRefused)]),
  ];
}
