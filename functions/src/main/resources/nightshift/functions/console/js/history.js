// An automation's history: what became of every start that was due, and every run by hand, newest first.
import { html, mark, nothing, safeLink } from './dom.js';
import { pullRequest } from './pullrequest.js';
import { shown } from './text.js';
import { DAY, clock, duration, full, instant, longDate, place } from './time.js';
import { kindOf, kindOfOccurrence, whyNot, word } from './words.js';

export const WINDOW = 31 * DAY; // the API's longest
const PAGE = 50;
const MOST = 5_000; // occurrences: the API's longest page
const MOST_RUNS = 3_000;
const SHOWS = [['', 'All'], ['failed', 'Failed'], ['not', 'Not started'], ['hand', 'By hand']];

/** Reads what happened between two instants: `{facts, from}`; from is later than asked for if there is too much. */
export async function readFacts(api, automation, from, to, signal) {
    const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    const [occurrences, runs] = await Promise.all([
        api.all('occurrences/', { automation: automation.id, ...window }, { signal, limit: MOST, most: MOST }),
        api.all('task_runs/', { automation: automation.id, ...window }, { signal, limit: 1_000, most: MOST_RUNS }),
    ]);
    const times = (results, name) => results.map((each) => instant(each[name]));
    const complete = Math.max(
        from,
        occurrences.results.length >= MOST ? Math.min(...times(occurrences.results, 'scheduled_at')) : from,
        runs.results.length >= MOST_RUNS ? Math.min(...times(runs.results, 'created_at')) : from,
    );
    const facts = factsOf(occurrences.results, runs.results).filter(({ at }) => at >= complete);
    return { facts, from: complete };
}

/** Occurrences and runs together, the newest first. A retry belongs to the occurrence of the run before it. */
export function factsOf(occurrences, runs) {
    const byId = new Map(runs.map((run) => [run.id, run]));
    const last = new Map(); // the last attempt by the first one's id
    const retries = new Set();
    let first = null;
    for (const run of [...runs].sort((one, other) => instant(one.created_at) - instant(other.created_at))) {
        if (run.started_by === 'schedule') first = run.id;
        if (run.started_by === 'retry') {
            retries.add(run.id);
            if (first) last.set(first, run);
        }
    }
    const taken = new Set();
    const facts = occurrences.map((occurrence) => {
        const id = occurrence.task_run_id;
        const run = occurrence.status === 'started' ? last.get(id) ?? byId.get(id) ?? null : null;
        taken.add(id);
        return {
            at: instant(occurrence.scheduled_at),
            kind: run ? kindOf(run.status) : kindOfOccurrence(occurrence),
            run: run?.id ?? id,
            details: run,
            occurrence,
            seconds: run?.duration_seconds ?? occurrence.duration_seconds ?? null,
        };
    });
    for (const run of runs) {
        if (run.started_by === 'schedule' || retries.has(run.id) || taken.has(run.id)) continue;
        facts.push({ at: instant(run.created_at), kind: kindOf(run.status), run: run.id, details: run, hand: true, seconds: run.duration_seconds ?? null });
    }
    return facts.sort((one, other) => other.at - one.at);
}

export class History {
    #frame;
    #automation;
    #facts = null;
    #from = 0;
    #to = 0;
    #failure = null;
    #key = '';
    #reading = null;

    constructor(frame) {
        this.#frame = frame;
    }

    /** Reads what the address asks for; known are facts that were read already, `{facts, from, to}`. */
    async read(automation, route, known) {
        this.#automation = automation;
        const now = this.#frame.now();
        const to = Date.parse(route.query.get('to') ?? '') || now;
        const from = Math.max(Date.parse(route.query.get('from') ?? '') || to - WINDOW, to - WINDOW);
        // The end of the window belongs to it.
        const end = Math.min(route.query.get('to') ? to + 1_000 : to, from + WINDOW);
        const key = `${route.query.get('from')} ${route.query.get('to')}`;
        if (key !== this.#key) this.#facts = null;
        this.#key = key;
        if (known && !route.query.get('to') && !route.query.get('from')) {
            this.#take(known.facts, known.from, now);
            return;
        }
        this.#reading?.abort();
        const reading = new AbortController();
        this.#reading = reading;
        this.#frame.signal.addEventListener('abort', () => reading.abort(), { once: true });
        try {
            const read = await readFacts(this.#frame.api, automation, from, end, reading.signal);
            this.#take(read.facts, read.from, to);
        } catch (failure) {
            if (reading.signal.aborted) return;
            this.#failure = failure;
            this.#frame.redraw();
        }
    }

    #take(facts, from, to) {
        this.#facts = facts;
        this.#from = from;
        this.#to = to;
        this.#failure = null;
        this.#frame.redraw();
    }

    get #show() {
        return this.#frame.route.query.get('show') ?? '';
    }

    draw(next) {
        const frame = this.#frame;
        const zone = this.#automation?.timezone ?? 'UTC';
        const query = frame.route.query;
        const away = query.get('to') || query.get('from');
        return html`<section id="ledger" aria-labelledby="history-title"><div class="h2row"><h2 id="history-title">History</h2>
                <span class="small">${query.get('from') ? this.#span(query, zone) : 'Every start that was due, and every run by hand'}</span>
                <nav class="filters" aria-label="Show">${SHOWS.map(([name, text]) => html`<a href=${frame.here({ show: name })}
                    aria-current=${name === this.#show ? 'true' : nothing}>${text}</a>`)}</nav></div>
            ${this.#failure ? html`<div class="notice bad"><span></span><span>The history could not be read: ${this.#failure.message}</span>
                <button class="button" type="button" @click=${() => this.read(this.#automation, frame.route)}>Try again</button></div>` : nothing}
            ${this.#table(zone, away || this.#show ? null : next)}
            ${away ? html`<a class="more" href=${frame.here({ to: '', from: '' })}>Newest</a> ` : nothing}${this.#older()}
        </section>`;
    }

    #span(query, zone) {
        const from = Date.parse(query.get('from'));
        const to = Date.parse(query.get('to') ?? '') || this.#frame.now();
        return Number.isNaN(from) ? '' : `${full(from, zone)} to ${full(to, zone)}`;
    }

    #seen() {
        const filter = {
            failed: ({ kind }) => kind === 'fail', hand: ({ hand }) => hand,
            not: ({ occurrence }) => occurrence && occurrence.status !== 'started',
        }[this.#show] ?? (() => true);
        return (this.#facts ?? []).filter(filter);
    }

    #table(zone, next) {
        if (!this.#facts) return this.#failure ? nothing : html`<table class="ledger" aria-hidden="true"><tbody>${Array.from({ length: 8 }, () => html`<tr><td>&nbsp;</td></tr>`)}</tbody></table>`;
        const facts = this.#seen().slice(0, PAGE);
        if (!facts.length && !next) return html`<p class="soft">Nothing${this.#show ? ' of this kind' : ''} between ${longDate(this.#from, zone)} and ${longDate(this.#to, zone)}.</p>`;
        return html`<table class="ledger" aria-labelledby="history-title"><thead><tr><th scope="col">When, ${place(zone)} time</th><th scope="col">Outcome</th>
            <th scope="col" class="hide-narrow">Run</th><th scope="col" class="num hide-narrow">Took</th><th scope="col" class="num hide-narrow">Late</th>
            <th scope="col" class="num hide-narrow"><span title="How often the start was delivered. It makes one run, whatever the number">Deliveries</span></th>
            <th scope="col">Why</th></tr></thead>
            <tbody>${next ? html`<tr><td>${full(next.at, zone)}</td><td>${mark(next.kind)}${word(next.kind)}</td><td class="hide-narrow"></td><td class="num hide-narrow"></td><td class="num hide-narrow"></td><td class="num hide-narrow"></td><td class="wrap why">${next.why ?? nothing}</td></tr>` : nothing}
            ${facts.map((fact) => this.#fact(fact, zone))}</tbody></table>`;
    }

    #fact(fact, zone) {
        const { kind, occurrence, details, hand } = fact;
        const task = details?.task ?? occurrence?.task_id ?? this.#automation.last_task_id;
        const opens = fact.run && (hand || occurrence.status === 'started');
        const attempt = details?.attempt ?? occurrence?.attempt ?? 1;
        return html`<tr><td>${full(fact.at, zone)}</td>
            <td>${mark(kind)}${opens ? html`<a href=${this.#frame.address('runs', [task, fact.run])}>${word(kind)}</a>` : word(kind)}</td>
            <td class="hide-narrow soft">${hand ? html`by hand, ${shown(details.started_by)}` : attempt > 1 ? `attempt ${attempt}` : nothing}</td>
            <td class="num hide-narrow">${duration(fact.seconds)}</td>
            <td class="num hide-narrow soft">${typeof occurrence?.late_seconds === 'number' && occurrence.deliveries > 0 ? duration(occurrence.late_seconds) : nothing}</td>
            <td class="num hide-narrow soft">${occurrence ? occurrence.deliveries : nothing}</td>
            <td class="wrap why">${this.#why(fact, zone)}</td></tr>`;
    }

    #why({ kind, occurrence, details }, zone) {
        if (kind === 'fail') return shown(details?.error_message ?? occurrence?.error_message ?? '');
        if (kind === 'ok') {
            const output = details?.output;
            const link = safeLink(output?.pr_url);
            if (link) return html`<a href=${link} rel="noopener noreferrer" target="_blank">${shown(pullRequest(link))}</a>`;
            const summary = output?.summary ?? output?.message;
            return typeof summary === 'string' ? shown(summary) : nothing;
        }
        if (kind === 'cancelled') return details?.error_message ? shown(details.error_message) : 'Cancelled';
        if (kind === 'stale') return `It came ${duration(occurrence.late_seconds)} late, so nothing was started`;
        if (kind === 'overlap' && occurrence.task_run_id) {
            return html`The run before was still going. <a href=${this.#frame.address('runs', [this.#automation.last_task_id, occurrence.task_run_id])}>Open it</a>`;
        }
        if (kind === 'dst') return `${clock(instant(occurrence.scheduled_at), zone)}: ${whyNot(kind)}`;
        return whyNot(kind);
    }

    /** A link to what was before: where the page ends. */
    #older() {
        if (!this.#facts || this.#from <= instant(this.#automation.created_at)) {
            if (!this.#facts || this.#seen().length <= PAGE) return nothing;
        }
        const seen = this.#seen();
        const end = seen.length > PAGE ? seen[PAGE - 1].at : this.#from;
        const zone = this.#automation.timezone;
        return html`<a class="more" href=${this.#frame.here({ to: new Date(end - 1_000).toISOString(), from: '' })}>Older, before ${longDate(end, zone)}${seen.length > PAGE ? ` ${clock(end, zone)}` : ''}</a>`;
    }
}
