// The parts of health in words, and what follows from them: what needs attention, and what to do about it.

import {ago, bytes, count, counted, date, share, span} from '../lib/format.js';

const DAY = 86400000;
const RANK = {bad: 0, warn: 1, info: 2};

/** What a part of health is called, and what it says when it is well. */
const PARTS = {
  storage: ['Storage', d => `Readable: ${counted(d.runFiles, 'run file')}, ${bytes(d.runBytes)}.`],
  log: ['Log', d => `Takes writes: ${counted(d.segments, 'segment')}, ${bytes(d.bytes)}. On stable storage up to version ${count(d.durableVersion)} of ${count(d.visibleVersion)}.`],
  diskSpace: ['Disk space', d => `${bytes(d.usableBytes)} free. Writes stop at ${bytes(d.reserveBytes)}.`],
  mode: ['Mode', d => `Reads and writes since ${date(d.since)}.`],
  compaction: ['Flush and compaction', d => `Keep up; ${d.compactionsRunning ? counted(d.compactionsRunning, 'compaction') + ' under way' : 'none under way'}.`],
  memory: ['Memory', d => `${bytes(d.bytes)} of the budget of ${bytes(d.bytesMax)} in use.`],
  backups: ['Backups', d => backupWords(d)],
  integrity: ['Integrity', d => `No damage known. ${scrubWords(d.scrub)}`],
  maintenance: ['Maintenance', () => 'Not under maintenance.'],
  tls: ['TLS', d => d.expiresAt ? `The certificate holds until ${date(d.expiresAt)}.` : 'No certificate.'],
  threads: ['Threads', () => 'All background threads run.'],
  livenessState: ['Process', () => 'The process is sound.'],
  readinessState: ['Start', () => 'Started, and takes requests.'],
  ping: ['Answer', () => 'Answers.'],
};

/** When the next part is bad: what that means and what to do. */
const TROUBLE = {
  storage: ['Data cannot be read', 'Look at the disk and at the log of the service; the runbook “storage failure” goes on from there.', 'operations', 'Operations'],
  log: ['Writes are refused: storage failed', 'Mend the disk, then resume writes.', 'operations', 'Resume writes'],
  diskSpace: ['The disk is nearly full: writes are refused', 'Free space or enlarge the volume; writes begin again by themselves.', 'storage', 'What takes space'],
  mode: ['Writes are refused by the mode', 'The mode was set on purpose. Set it to read-write when its reason is gone.', 'operations', 'Change the mode'],
  compaction: ['Flushes and compactions do not keep up', 'Writes are slowed down until they do. Look for the keyspace with the most runs.', 'storage', 'Look at storage'],
  memory: ['The memory budget is exceeded', 'Requests may be refused. Give the process more heap, or less to do at a time.', 'settings', 'Settings'],
  backups: ['Backups need attention', 'Make one now, and look at what failed.', 'operations', 'Backups'],
  integrity: ['Damage was found', 'Damaged blocks are never served. Restore what they held from a backup.', 'operations', 'Quarantine'],
  maintenance: ['Under maintenance: no entries are served', 'End it when the work is done.', 'operations', 'Change the mode'],
  tls: ['The certificate needs attention', 'Replace it before it ends; the service reads it again by itself.', 'security', 'Security'],
  threads: ['A background thread has died', 'Restart the service, and report the error in its log.', null, null],
  livenessState: ['The process is broken', 'Restart the service.', null, null],
  readinessState: ['The service is starting or stopping', 'Wait a moment.', null, null],
};

function backupWords(d) {
  const newest = d.newest ? `Newest ${ago(d.newest)}.` : 'None yet.';
  const archive = d.archivedVersion === undefined ? 'The log is not archived.' : d.archiveBehind > 0 ? `The archive is ${counted(d.archiveBehind, 'commit')} behind.` : 'The archive is up to date.';
  return `${newest} ${archive}`;
}

/** How the scrub stands, in words. */
export function scrubWords(scrub) {
  if (!scrub) {
    return '';
  }
  if (scrub.running && scrub.passBytesAll > 0) {
    return `Scrub: ${share(scrub.passBytes / scrub.passBytesAll)} of this pass.`;
  }
  return scrub.completedAt ? `Scrubbed ${ago(scrub.completedAt)}.` : 'Not scrubbed yet.';
}

function badWords(name, d) {
  const texts = [d.reason, ...(d.reasons ?? []), d.waitsFor ? `Waits for ${d.waitsFor}: ${d.refused}` : null, d.fault,
    d.lost ? `Lost: ${[d.lost].flat().join(', ')}` : null, d.faults ? `${counted(d.faults, 'fault')}, ${counted(d.blocksQuarantined ?? 0, 'block')} in quarantine.` : null];
  if (name === 'diskSpace' && d.usableBytes !== undefined) {
    texts.push(`${bytes(d.usableBytes)} free; writes go on from ${bytes(d.resumeBytes)}. ${count(d.writesRefused)} writes were refused.`);
  }
  if (name === 'memory' && d.bytes !== undefined) {
    texts.push(`${bytes(d.bytes)} in use of ${bytes(d.bytesMax)}.`);
  }
  if (name === 'compaction' && d.flushBacklog !== undefined) {
    texts.push(`Flush backlog ${share(d.flushBacklog)}, compaction backlog ${share(d.compactionBacklog)}.`);
  }
  return texts.filter(text => text).join(' ');
}

/**
 * The parts of health in words, those that are not well first.
 * @param {Object} components of `/actuator/health`
 * @returns {Array<{name: string, title: string, kind: string, state: string, text: string}>}
 */
export function partsInWords(components) {
  return Object.entries(components ?? {}).filter(([name]) => name !== 'ping').map(([name, part]) => {
    const [title, well] = PARTS[name] ?? [name, d => Object.entries(d).map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(', ')];
    const d = part.details ?? {};
    const kind = part.status === 'UP' ? 'ok' : part.status === 'UNKNOWN' ? 'off' : part.status === 'OUT_OF_SERVICE' ? 'warn' : 'bad';
    const state = {ok: 'Well', off: 'Not set up', warn: 'Out of service', bad: 'Not well'}[kind];
    return {name, title, kind, state, text: part.status === 'UP' ? safely(well, d) : badWords(name, d)};
  }).sort((a, b) => (RANK[a.kind] ?? 3) - (RANK[b.kind] ?? 3));
}

function safely(words, details) {
  return Object.keys(details).length === 0 && words.length > 0 ? 'Well.' : words(details);
}

/**
 * What needs attention, the most urgent first.
 * @param {{health: Object, engine: Object, caller: Object, recent: Object}} seen what is known; parts may be missing
 * @returns {Array<{kind: string, title: string, text: string, view: ?string, label: ?string}>}
 */
export function advice({health, lightning, caller, recent}) {
  const components = health?.components ?? {};
  const all = [];
  const add = (kind, title, text, view = null, label = null) => all.push({kind, title, text, view, label});
  for (const [name, part] of Object.entries(components)) {
    const trouble = TROUBLE[name];
    const said = name === 'maintenance' || name === 'mode' && components.maintenance?.status === 'OUT_OF_SERVICE';
    if (trouble && (part.status === 'DOWN' || part.status === 'OUT_OF_SERVICE') && !(said && name === 'mode')) {
      const [title, todo, view, label] = trouble;
      add(part.status === 'DOWN' ? 'bad' : 'warn', title, `${badWords(name, part.details ?? {})} ${todo}`.trim(), view, label);
    }
  }
  backupAdvice(components.backups, add);
  spaceAdvice(components, lightning?.engine, add);
  loadAdvice(lightning?.engine, recent, add);
  const tls = components.tls?.details;
  if (components.tls?.status === 'UP' && tls?.secondsLeft !== undefined && tls.secondsLeft < 30 * 86400) {
    add('warn', 'The certificate ends soon', `It holds until ${date(tls.expiresAt)}. Replace it; the service reads it again by itself.`);
  }
  if (lightning?.recovery?.cut) {
    add('warn', 'The last start cut off the end of the log', 'The process or the machine ended while it wrote; nothing acknowledged as synced is lost. Look at why it ended.');
  }
  if (components.storage?.details?.usableByOthers?.length > 0) {
    add('warn', 'Others on the machine may use the files of the database', 'Take the rights away from group and others (chmod -R go= on the data directory).');
  }
  if (caller && !caller.secured) {
    add('info', 'No credentials are asked for', 'That is fine while only this machine reaches the service. Create a token and start again to ask for them.', 'security', 'Security');
  }
  if (caller?.expiresAt && new Date(caller.expiresAt) - Date.now() < 7 * DAY) {
    add('info', 'Your token ends soon', `It holds until ${date(caller.expiresAt)}.`, 'security', 'Security');
  }
  return all.sort((a, b) => RANK[a.kind] - RANK[b.kind]);
}

function backupAdvice(part, add) {
  if (!part) {
    return;
  }
  if (part.status === 'UNKNOWN') {
    add('warn', 'No backups are made', 'The loss of this disk would be the loss of all data. Set lightning.backup.directory to another disk or a bucket.', 'operations', 'Backups');
  } else if (part.details?.onVolumeOfData) {
    add('warn', 'Backups lie on the disk of the data', 'The loss of that disk takes both. Set lightning.backup.directory to another disk or a bucket.', 'operations', 'Backups');
  }
  if (part.status === 'UP' && part.details?.archivedVersion === undefined) {
    add('info', 'The log is not archived', 'A restore reaches the moments of backups only, no moment between. Set lightning.backup.archive-interval to change that.', 'operations', 'Backups');
  }
}

function spaceAdvice(components, engine, add) {
  const disk = components.diskSpace;
  if (disk?.status === 'UP' && disk.details && disk.details.usableBytes < 3 * disk.details.resumeBytes) {
    add('warn', 'The disk will be full soon', `${bytes(disk.details.usableBytes)} are free; writes stop at ${bytes(disk.details.reserveBytes)}.`, 'storage', 'What takes space');
  }
  const scrub = components.integrity?.details?.scrub;
  if (scrub && components.integrity.status === 'UP' && (scrub.problem || scrub.completedAt && Date.now() - new Date(scrub.completedAt) > 30 * DAY)) {
    add('warn', 'The scrub is overdue', scrub.problem ?? `It last read all data ${ago(scrub.completedAt)}.`, 'operations', 'Integrity');
  }
  const age = (engine?.oldestSnapshotNanos ?? 0) / 1e6;
  if (age > 600000) {
    add('warn', 'An old snapshot keeps old versions', `It was opened ${span(age)} ago. While it is open, what was changed or deleted since cannot be freed.`, 'transactions', 'Who holds it');
  }
}

function loadAdvice(engine, recent, add) {
  const backlog = Math.max(engine?.flushBacklog ?? 0, engine?.compactionBacklog ?? 0);
  if (backlog >= 0.5 && backlog < 1) {
    add('warn', 'Compaction falls behind', `The backlog is at ${share(backlog)}; from 100 % on writes wait.`, 'storage', 'Look at storage');
  }
  if (recent?.refused > 0) {
    add('warn', 'Requests are refused', `${count(Math.ceil(recent.refused))} in the last five minutes, since a limit was reached or memory was short. Clients are told to come again later.`, 'settings', 'Limits');
  }
  if (recent?.failed > 0) {
    add('warn', 'Requests fail', `${count(Math.ceil(recent.failed))} answers of 500 and more in the last five minutes. The log of the service tells why.`);
  }
}
