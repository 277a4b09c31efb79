// The words and the marks of the system's facts.

/** Every kind of mark, the worst first, with its words: in a table, in the tally, in the legend. */
export const KINDS = [
    { kind: 'fail', word: 'failed', legend: 'Failed, after all its attempts' },
    { kind: 'missed', word: 'missed', legend: 'Missed: it should have started, and nothing was seen' },
    { kind: 'off', word: 'not in force', legend: 'To come, but its schedule is not in force' },
    { kind: 'stale', word: 'stale', legend: 'Stale: it came too late, nothing was started' },
    { kind: 'cancelled', word: 'cancelled', legend: 'Cancelled' },
    { kind: 'overlap', word: 'skipped', legend: 'Skipped: the run before was still going' },
    { kind: 'superseded', word: 'superseded', legend: 'Superseded: the schedule had changed' },
    { kind: 'dst', word: 'no such time', legend: 'No such time: the clocks jumped over it' },
    { kind: 'paused', word: 'paused', legend: 'Paused: it came after the pause' },
    { kind: 'deleted', word: 'deleted', legend: 'Deleted: the automation was gone' },
    { kind: 'running', word: 'running', legend: 'Running, with the time that it has taken' },
    { kind: 'queued', word: 'queued', legend: 'Queued: no worker has taken it yet' },
    { kind: 'ok', word: 'succeeded', legend: 'Succeeded. The bar is as long as the run' },
    { kind: 'next', word: 'to come', legend: 'To come' },
];

const byKind = new Map(KINDS.map((each, index) => [each.kind, { ...each, rank: index }]));

/** The word for a kind of mark. */
export const word = (kind) => byKind.get(kind)?.word ?? kind;

/** How bad a kind is; 0 is the worst. */
export const rank = (kind) => byKind.get(kind)?.rank ?? KINDS.length;

const KIND_OF_STATUS = {
    completed: 'ok', failed: 'fail', cancelled: 'cancelled', in_progress: 'running', queued: 'queued',
    not_started: 'queued', started: 'running', missed: 'missed', stale: 'stale', overlap_skipped: 'overlap',
    paused: 'paused', superseded: 'superseded', deleted: 'deleted', skipped_dst: 'dst',
};

/** The mark of a run's or an occurrence's status. */
export const kindOf = (status) => KIND_OF_STATUS[status] ?? 'queued';

/** The mark of an occurrence: that of its run if it has one. */
export function kindOfOccurrence(occurrence) {
    return occurrence.status === 'started'
        ? kindOf(occurrence.run_status ?? 'started')
        : kindOf(occurrence.status);
}

/** `1,632` */
export const number = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 start`, `2 starts` */
export const count = (n, one, many = one + 's') => `${number(n)} ${n === 1 ? one : many}`;

/** `1 KB` */
export function size(bytes) {
    if (bytes < 1024) return `${bytes} B`;
    if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
    return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Why an occurrence started no run. */
export function whyNot(kind) {
    return {
        missed: 'Nothing was seen of this start',
        stale: 'It came too late, so nothing was started',
        overlap: 'The run before was still going, and the policy is to skip',
        paused: 'It was paused when the start came',
        superseded: 'The schedule had changed by then',
        deleted: 'The automation was gone by then',
        dst: 'The clocks jumped over this time',
    }[kind] ?? '';
}

/** How a run came to be, from `started_by` of a run. */
export function startedBy(by) {
    if (!by || by === 'schedule') return 'by its schedule';
    return by === 'retry' ? 'as a retry' : `by hand, ${by}`;
}
