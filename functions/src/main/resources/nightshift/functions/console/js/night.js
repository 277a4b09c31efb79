// What the night was: pure functions from the API's lists to the sentences, the tally and the rows of Tonight.
import { DAY, MINUTE, clock, duration, instant } from './time.js';
import { KINDS, count, kindOf, kindOfOccurrence, whyNot } from './words.js';

const PENDING_TOO_LONG = 5 * MINUTE;
const BY_ITSELF = new Set(['schedule', 'retry']);
const STARTED = new Set(['ok', 'fail', 'cancelled', 'running', 'queued']);

/** Whether a schedule that should be in force is not. A change that is on its way is given five minutes. */
export function isOutOfForce(state, now) {
    if (!state.enabled) return false;
    return state.sync?.state === 'failed'
        || (state.sync?.state === 'pending' && now - instant(state.sync.since) > PENDING_TOO_LONG);
}

/** An occurrence as a fact. */
export function factOf(occurrence) {
    const kind = kindOfOccurrence(occurrence);
    const run = occurrence.task_run_id ?? null;
    return {
        at: instant(occurrence.scheduled_at),
        automation: occurrence.automation?.id,
        kind,
        run: kind === 'overlap' ? null : run,
        task: occurrence.task_id ?? null,
        attempt: occurrence.attempt ?? 1,
        seconds: occurrence.duration_seconds ?? null,
        late: occurrence.late_seconds ?? 0,
        error: occurrence.error_message ?? null,
        inTheWay: kind === 'overlap' ? run : null,
    };
}

/** A run that somebody has started as a fact. */
function byHand(run) {
    return {
        at: instant(run.created_at), automation: run.automation.id, kind: kindOf(run.status), run: run.id, task: run.task,
        attempt: 1, seconds: run.duration_seconds, late: 0, error: run.error_message, inTheWay: null, by: run.started_by,
    };
}

/**
 * The night of a project.
 *
 * @param states of all automations
 * @param occurrences of the last 24 hours
 * @param upcoming of the next 24 hours
 * @param runs of the last 24 hours, as far as they were read: the newest and those that failed
 */
export function nightOf({ states, occurrences, upcoming, runs = [] }, now) {
    const rows = new Map(states.map((state) => [state.id, { state, facts: [], off: isOutOfForce(state, now) }]));
    const known = new Map(runs.map((run) => [run.id, run]));
    const tasks = new Map(runs.filter((run) => run.automation).map((run) => [run.automation.id, run.task]));
    for (const occurrence of occurrences) {
        const fact = factOf(occurrence);
        const row = rows.get(fact.automation);
        if (!row || fact.at > now) continue;
        const run = known.get(fact.run);
        if (run) Object.assign(fact, {
            error: fact.error ?? run.error_message,
            attempt: run.attempt ?? fact.attempt,
            task: fact.task ?? run.task,
            seconds: fact.seconds ?? run.duration_seconds,
            kind: occurrence.status === 'started' && !occurrence.run_status ? kindOf(run.status) : fact.kind,
        });
        fact.task ??= tasks.get(fact.automation) ?? null;
        const current = row.state.current_run;
        if (fact.run && current?.id === fact.run) Object.assign(fact, {
            kind: kindOf(current.status),
        });
        row.facts.push(fact);
    }
    for (const run of runs) {
        const row = rows.get(run.automation?.id);
        if (row && !BY_ITSELF.has(run.started_by)) row.facts.push(byHand(run));
    }
    for (const coming of upcoming) {
        const row = rows.get(coming.automation.id);
        const at = instant(coming.scheduled_at);
        if (row && row.state.enabled && at > now) {
            row.facts.push({ at, automation: coming.automation.id, kind: row.off ? 'off' : 'next', seconds: null, run: null });
        }
    }
    for (const row of rows.values()) {
        row.facts.sort((one, other) => one.at - other.at);
        complete(row, now);
    }
    return [...rows.values()];
}

/** What a row's place and words are made of. */
function complete(row, now) {
    const { state, facts } = row;
    const past = facts.filter(({ at }) => at <= now);
    row.last = past.at(-1) ?? null;
    row.lastKind = row.last?.kind ?? (state.recent?.[0] ? kindOf(state.recent[0]) : null);
    row.next = state.enabled ? instant(state.next_run_at) : NaN;
    const start = past.findLast(({ kind }) => STARTED.has(kind));
    const startKind = start?.kind ?? (state.recent ?? []).map(kindOf).find((kind) => STARTED.has(kind));
    row.failed = startKind === 'fail' ? (start ?? { at: NaN }) : null;
    const success = past.findLast(({ kind }) => kind === 'ok')?.at ?? -Infinity;
    row.absent = past.filter(({ kind, at }) => (kind === 'missed' || kind === 'stale') && at > success);
    row.gaveUp = !state.enabled && state.paused_reason === 'failures';
    row.running = Boolean(state.current_run);
    row.attention = row.failed && !row.gaveUp ? 0 : row.absent.length ? 1 : row.off ? 2 : row.gaveUp ? 3 : null;
}

/** The rows in their order: by attention, running, by next start, paused last. */
export function ordered(rows) {
    const group = (row) => (row.attention !== null ? 0 : row.running ? 1 : row.state.enabled ? 2 : 3);
    const since = (row) => row.failed?.at ?? row.absent[0]?.at ?? Infinity;
    const byName = (one, other) => one.state.name.localeCompare(other.state.name, 'en');
    return rows
        .map((row) => ({ row, group: group(row) }))
        .sort((one, other) => one.group - other.group
            || (one.row.attention ?? 0) - (other.row.attention ?? 0)
            || (one.group === 0 ? compare(since(one.row), since(other.row)) : 0)
            || compare(one.row.next, other.row.next)
            || byName(one.row, other.row));
}

const compare = (one, other) => (Number.isNaN(one) ? 1 : 0) - (Number.isNaN(other) ? 1 : 0) || (one < other ? -1 : one > other ? 1 : 0) || 0;

/** The title of a group of rows. Paused rows stand at the end of those by next start. */
export const GROUPS = ['Needs attention', 'Running now', 'By next start', 'By next start'];

/**
 * The sentences, at most three. Each is `{kind, show, count, words, since, rows}`; the last two may share one line.
 *
 * @return lines, each a list of sentences
 */
export function sentences(rows, windowStart) {
    const found = [];
    const failed = rows.filter((row) => row.failed && !row.gaveUp);
    if (failed.length) {
        found.push({
            kind: 'fail', show: 'fail', head: `${count(failed.length, 'automation')} failed`,
            since: earliest(failed.map((row) => row.failed.at), windowStart), rows: failed,
            one: failed.length === 1 && !Number.isNaN(failed[0].failed.at),
        });
    }
    const absent = rows.filter((row) => row.absent.length);
    if (absent.length) {
        const facts = absent.flatMap((row) => row.absent);
        const missed = facts.filter(({ kind }) => kind === 'missed').length;
        const starts = count(facts.length, 'start');
        const verb = facts.length === 1 ? 'was' : 'were';
        const head = missed === facts.length ? `${starts} ${verb} missed`
            : missed === 0 ? `${starts} came too late`
            : `${starts} were missed or came too late`;
        found.push({
            kind: missed ? 'missed' : 'stale', show: missed ? 'missed' : 'stale', head,
            since: earliest(facts.map(({ at }) => at), windowStart), rows: absent, one: facts.length === 1,
        });
    }
    const off = rows.filter((row) => row.off);
    if (off.length) {
        found.push({
            kind: 'off', show: 'off', head: `${count(off.length, 'schedule')} ${off.length === 1 ? 'is' : 'are'} not in force`,
            since: null, rows: off,
        });
    }
    const gaveUp = rows.filter((row) => row.gaveUp);
    if (gaveUp.length) {
        found.push({
            kind: 'paused', show: 'gaveup', head: `${count(gaveUp.length, 'automation')} paused ${gaveUp.length === 1 ? 'itself' : 'themselves'} after failures`,
            since: null, rows: gaveUp,
        });
    }
    return found.length > 3 ? [[found[0]], [found[1]], [found[2], found[3]]] : found.map((each) => [each]);
}

/** The earliest instant; the start of the window where one is not known, because it is earlier. */
function earliest(instants, windowStart) {
    return instants.reduce((least, at) => Math.min(least, Number.isNaN(at) ? windowStart : at), Infinity);
}

/** How many facts of each kind there are, in the order of the tally. Schedules not in force are counted, not their starts. */
export function tally(rows) {
    const counts = new Map();
    for (const row of rows) {
        for (const { kind } of row.facts) if (kind !== 'off') counts.set(kind, (counts.get(kind) ?? 0) + 1);
        if (row.off) counts.set('off', (counts.get('off') ?? 0) + 1);
    }
    const order = ['ok', 'fail', 'missed', 'stale', 'overlap', 'cancelled', 'running', 'queued', 'superseded', 'dst', 'paused', 'deleted', 'next', 'off'];
    return order
        .filter((kind) => counts.get(kind) || kind === 'ok' || kind === 'next')
        .map((kind) => ({ kind, count: counts.get(kind) ?? 0, word: KINDS.find((each) => each.kind === kind).word }));
}

/** Whether a row belongs to what the tally or a sentence was asked to show. */
export function belongs(row, show) {
    switch (show) {
        case 'fail': return row.facts.some(({ kind }) => kind === 'fail') || Boolean(row.failed);
        case 'off': return row.off;
        case 'gaveup': return row.gaveUp;
        case 'missed': return row.facts.some(({ kind }) => kind === 'missed') || row.absent.length > 0;
        default: return row.facts.some(({ kind }) => kind === show);
    }
}

/** Why a row needs attention, in one line. */
export function reason(row, zone) {
    const { state, failed, absent } = row;
    if (failed) {
        const error = failed.error ?? state.last_error ?? 'The run failed';
        const attempt = failed.attempt > 1 ? `Attempt ${failed.attempt}. ` : '';
        const streak = state.failures_in_a_row > 1 ? `${state.failures_in_a_row} failures in a row. ` : '';
        return (row.gaveUp ? `It paused itself. ${streak}` : streak || attempt) + error;
    }
    if (absent.length) {
        const { kind, at, late } = absent.at(-1);
        const what = kind === 'missed'
            ? `Nothing was seen of the ${clock(at, zone)} start`
            : `The ${clock(at, zone)} start came ${duration(late)} late, so nothing was started`;
        return Number.isNaN(row.next) ? what : `${what}. The next is at ${clock(row.next, zone)}`;
    }
    if (row.off) return `Its schedule is not in force: ${state.sync.reason ?? 'the change has not reached the schedule service'}`;
    if (row.gaveUp) return 'It paused itself after its failures in a row';
    return '';
}

/** What a fact says in words: `Thu 02:10: failed after 9 min`. */
export function outcome(fact) {
    const after = (fact.seconds ? ` after ${duration(fact.seconds)}` : '') + (fact.by ? `, started by hand (${fact.by})` : '');
    switch (fact.kind) {
        case 'ok': return `succeeded${after}`;
        case 'fail': return `failed${after}`;
        case 'cancelled': return `cancelled${after}`;
        case 'running': return `running${after}`;
        case 'queued': return 'queued, no worker has taken it yet';
        case 'next': return 'to come';
        case 'off': return 'to come, but its schedule is not in force';
        default: return whyNot(fact.kind);
    }
}

export const WINDOW = DAY;
