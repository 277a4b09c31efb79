// Reads what Tonight shows, and reads it again while the page is looked at.
import { isAbort } from './api.js';
import { DAY, HOUR, instant } from './time.js';

const OFTEN = 10_000; // ms: states, and what happened lately
const WHOLE = 300_000; // ms: everything

/**
 * Begins to read.
 *
 * @param read is called with the lists, or with a failure
 * @return `{again(), close(), readAt}`
 */
export function nightData(frame, read) {
    const { api, signal } = frame;
    let timer = 0;
    let lists = null;
    let wholeAt = 0;
    let plan = '';
    let busy = false;
    const data = { readAt: 0, again: () => look(true), close };

    async function look(whole) {
        clearTimeout(timer);
        if (busy) return;
        busy = true;
        try {
            const now = frame.now();
            whole ||= !lists || now - wholeAt > WHOLE;
            lists = await (whole ? all(now) : lately(now));
            if (whole) wholeAt = now;
            data.readAt = now;
            read(lists, null);
        } catch (failure) {
            if (!isAbort(failure)) read(null, failure);
        } finally {
            busy = false;
            if (!signal.aborted) timer = setTimeout(() => document.hidden || look(false), OFTEN);
        }
    }

    const states = () => api.all('automation_states/', {}, { signal });
    const upcoming = () => api.get('upcoming/', { hours: 24 }, { signal });
    const runs = (from, query) => api.get('task_runs/', { ...query, from: iso(from), limit: 1_000 }, { signal });
    // More are read than a night with 500 automations of every quarter of an hour has.
    const occurrences = async (from) => {
        const past = await api.all('occurrences/', { from: iso(from) }, { signal, limit: 5_000, most: 50_000 });
        return { ...past, results: [...new Map(past.results.map((each) => [keyOf(each), each])).values()] }; // pages may overlap
    };

    async function all(now) {
        const [state, past, coming, ran] = await Promise.all([states(), occurrences(now - DAY), upcoming(), runs(now - DAY)]);
        plan = planOf(state.results);
        return reasoned({
            states: state.results, occurrences: past.results, upcoming: coming.results, truncated: coming.truncated, runs: ran.results,
        }, now);
    }

    /** The states, and the occurrences and runs that may have changed; what is to come only if a schedule changed. */
    async function lately(now) {
        const open = lists.occurrences.filter((each) => each.status === 'started' && !isEnded(each.run_status));
        const from = Math.min(now - HOUR, ...open.map((each) => instant(each.scheduled_at)));
        const [state, past, ran] = await Promise.all([states(), occurrences(from), runs(from)]);
        const changed = planOf(state.results) !== plan;
        plan = planOf(state.results);
        const coming = changed ? await upcoming() : { results: lists.upcoming, truncated: lists.truncated };
        const isRecent = (at) => instant(at) > now - DAY;
        return reasoned({
            states: state.results,
            occurrences: merged(past.results, lists.occurrences, keyOf).filter((each) => isRecent(each.scheduled_at)),
            upcoming: coming.results,
            truncated: coming.truncated,
            runs: merged(ran.results, lists.runs, ({ id }) => id).filter((each) => isRecent(each.created_at)),
        }, now);
    }

    /** Adds the failed runs if the newest runs do not say why one failed. */
    async function reasoned(read, now) {
        const known = new Set(read.runs.map(({ id }) => id));
        if (!read.occurrences.some((each) => each.run_status === 'failed' && !known.has(each.task_run_id))) return read;
        const failed = await runs(now - DAY, { status: 'failed' });
        return { ...read, runs: merged(failed.results, read.runs, ({ id }) => id) };
    }

    function seen() {
        if (!document.hidden) look(false);
    }

    function close() {
        clearTimeout(timer);
        document.removeEventListener('visibilitychange', seen);
    }

    document.addEventListener('visibilitychange', seen);
    look(true);
    return data;
}

const iso = (at) => new Date(at).toISOString();
const keyOf = (occurrence) => `${occurrence.automation?.id} ${occurrence.scheduled_at}`;
const isEnded = (status) => status === 'completed' || status === 'failed' || status === 'cancelled';

/** The news, and what there was before of everything else. */
function merged(news, before, key) {
    const keys = new Set(news.map(key));
    return [...news, ...before.filter((each) => !keys.has(key(each)))];
}

/** Changes when what is to come may have changed. */
function planOf(states) {
    return states.map((state) => `${state.id} ${state.enabled} ${state.cron_expression} ${state.timezone}`).join('\n');
}
