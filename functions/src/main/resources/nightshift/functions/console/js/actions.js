// What changes something: each is sent with a key that makes it safe to send twice, because an answer can be lost.
import { ApiError, isAbort } from './api.js';
import { html } from './dom.js';

const ATTEMPTS = 3;
const AT_ONCE = 6; // changes sent at the same time
const PASSING = new Set([429, 502, 503, 504]);

/** A new key for `Idempotency-Key`. */
export function onceKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Sends a creation: sent again with the same key when its answer is lost. */
export async function create(api, path, body, { key = onceKey(), ...options } = {}) {
    return again(() => api.send('POST', path, body, { ...options, headers: { 'Idempotency-Key': key } }));
}

/** Sends a change that can be repeated without a key. */
export async function again(send) {
    for (let attempt = 1; ; attempt++) {
        try {
            return await send();
        } catch (failure) {
            const passing = failure instanceof ApiError ? PASSING.has(failure.status) : failure instanceof TypeError;
            if (isAbort(failure) || !passing || attempt === ATTEMPTS) throw failure;
            await new Promise((resolve) => setTimeout(resolve, failure.retryAfter || 400 * attempt));
        }
    }
}

/**
 * Changes many: `{changed, failures}`.
 *
 * @param send changes one; false if there was nothing to change
 * @param say is called with how many are finished
 */
export async function changeAll(ids, send, say) {
    const changed = [];
    const failures = [];
    const left = [...ids];
    let finished = 0;
    say(finished);
    const worker = async () => {
        for (let id = left.shift(); id !== undefined; id = left.shift()) {
            try {
                if (await send(id) !== false) changed.push(id);
            } catch (failure) {
                failures.push({ id, words: words(failure) });
            }
            say(++finished);
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return { changed, failures };
}

/** Starts an automation's run by hand. A run in the way under `skip` is in the answer: `{run}` or `{refused, inTheWay}`. */
export async function runNow(frame, id) {
    const path = `task_automations/${encodeURIComponent(id)}/`;
    try {
        const { body } = await create(frame.api, path + 'run/');
        return { run: { task: body.last_task_id, id: body.last_task_run_id } };
    } catch (refused) {
        if (!(refused instanceof ApiError) || refused.code !== 'run_in_progress') throw refused;
        const now = await frame.api.get(path).catch(() => null);
        return {
            refused,
            inTheWay: now?.last_task_run_id ? { task: now.last_task_id, id: now.last_task_run_id, at: Date.parse(now.last_run_at) } : null,
        };
    }
}

/** What to say of a run that was started by hand, or was not. */
export function runNowWords(frame, outcome, clock) {
    const open = (run, words) => html`<a href=${frame.address('runs', [run.task, run.id])}>${words}</a>`;
    if (outcome.run) return html`Started by hand. ${open(outcome.run, 'Open the run')}`;
    return outcome.inTheWay
        ? html`Not started: the run of ${clock(outcome.inTheWay.at)} is still going. ${open(outcome.inTheWay, 'Open it')}`
        : html`Not started: ${outcome.refused.message}`;
}

/** A refusal as a sentence: the words of the API. */
export function words(failure) {
    if (failure instanceof ApiError) return failure.message;
    return failure instanceof TypeError ? 'The connection was lost, and nothing is known of the change. Try again.' : failure.message;
}
