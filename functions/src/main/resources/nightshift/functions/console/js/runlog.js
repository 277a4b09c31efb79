// The log of a run on its page: the bar above it, and following it while the run goes on.
import { isAbort } from './api.js';
import { createRef, html, nothing, ref } from './dom.js';
import { LogList, LogSource } from './log.js';
import { number, count } from './words.js';

const FILTERS = [
    ['', 'All'], ['agent', 'Agent'], ['command', 'Commands'], ['diff', 'Diffs'], ['warn', 'Warnings'], ['error', 'Errors'],
];
const PAUSE = 1_500; // between two looks for new lines
const LATE = 120_000; // by how much a line may come late
const MANY = 2_000; // lines after which the place to read on from is set anew
const SETTLED = 60_000; // after its end no line is expected to come
const ANNOUNCED = 10_000; // new lines are read out at most so often
const BLANK = {
    lines: 0, rows: 0, bytes: 0, counts: {}, startedAt: NaN, loaded: false, failed: null, words: '', found: 0, searched: true,
};

export class RunLog {
    #frame;
    #run = null;
    #path;
    #openedAt = 0;
    #byLink = false;
    #source;
    #list = null;
    #scroller = createRef();
    #field = createRef();
    #state = BLANK;
    #words = '';
    #hit = null; // {number, line, nth}
    #aim = null; // the number of the match that was asked for last: keys may come faster than answers
    #wanted = null; // a hit that is on its way: its number
    #show;
    #line;
    #shownLine = null;
    #lineTask = 0;
    #seen = 0; // lines when following was let go
    #announced = { at: 0, words: '' };
    #following = false;
    #reading = false; // whether new lines are being looked for
    #whole = false; // whether the run has ended and all its lines were asked for
    #own = 0; // lines before the run's own: of the runs that it resumes
    #slow = false;
    #closed = false;

    /** Begins to read the log, before anything is known of the run. */
    constructor(frame, task, run, route) {
        this.#frame = frame;
        this.#path = `tasks/${encodeURIComponent(task)}/runs/${encodeURIComponent(run)}/`;
        this.#show = route.query.get('show') ?? '';
        this.#line = Number(route.query.get('line')) || null;
        this.#source = new LogSource((state) => this.#heard(state));
        if (this.#show) this.#source.ask('filter', { name: this.#show });
        this.#open();
        setTimeout(() => {
            this.#slow = true;
            frame.redraw();
        }, 400);
    }

    close() {
        this.#closed = true;
        this.#source.close();
        this.#list?.close();
    }

    /** The run as it is now. */
    update(run) {
        const first = this.#run === null;
        this.#run = run;
        if (!first) return;
        this.#following = !isEnded(run) && !this.#line;
        this.#whole = isEnded(run) && Date.parse(run.completed_at) < this.#openedAt - SETTLED;
        this.#heard(this.#state);
    }

    route(route) {
        const show = route.query.get('show') ?? '';
        const line = Number(route.query.get('line')) || null;
        if (show !== this.#show) {
            this.#show = show;
            this.#hit = null;
            this.#aim = null;
            this.#source.ask('filter', { name: show || null }).then((rows) => {
                this.#state = { ...this.#state, rows };
                this.#list?.restart(rows);
                this.#list?.mark(this.#words, null);
                if (this.#words) this.#wanted = 0;
                this.#frame.redraw();
            });
        }
        if (line !== this.#line) {
            this.#line = line;
            this.#shownLine = null;
            this.#goToLine();
        }
    }

    /** The number of the last line that is an error, or null. */
    lastError() {
        return this.#state.counts.error ? this.#source.ask('lastOf', { name: 'error' }) : Promise.resolve(null);
    }

    get errors() {
        return this.#state.counts.error ?? 0;
    }

    get loaded() {
        return this.#state.loaded;
    }

    /** Whether the run has ended and all its lines are here. */
    get #complete() {
        return this.#state.loaded && isEnded(this.#run) && this.#whole;
    }

    key(event) {
        switch (event.key) {
            case '/':
                this.#field.value?.focus();
                return true;
            case 'n':
                return this.#step(1);
            case 'N':
                return this.#step(-1);
            case 'f':
                if (!isEnded(this.#run)) this.#list?.follow(true);
                return true;
            case 'End':
                this.#list?.end();
                if (!isEnded(this.#run)) this.#list?.follow(true);
                return true;
            case 'Escape':
                return this.#words ? this.#search('') : false;
            default:
                return false;
        }
    }

    draw() {
        const { lines, failed } = this.#state;
        const ended = isEnded(this.#run);
        const complete = this.#complete;
        const size = count(lines, 'line') + (complete ? ', ended' : ' so far');
        return html`<section class="logpart" aria-labelledby="log-title">
            <div class="logbar"><h2 id="log-title">Log</h2>
                <label class="field"><span class="hidden">Search the log</span><input ${ref(this.#field)} type="search"
                    autocomplete="off" spellcheck="false" placeholder="Search the log" @input=${this.#typed}
                    @keydown=${this.#fieldKey}><kbd>/</kbd></label>
                <span class="found" role="status">${this.#found()}</span>
                <nav class="filters" aria-label="Kind of line">${FILTERS.map(([name, words]) => html`<a
                    href=${this.#frame.here({ show: name, line: '' })} aria-current=${name === this.#show ? 'true' : nothing}>${words}${this.#count(name)}</a>`)}</nav>
                <span class="end"><span class="small soft">${size}</span>${ended ? nothing : this.#followButton()}
                    <button class="button" type="button" ?disabled=${!lines} @click=${this.#download}>Download</button></span>
            </div>
            <div class="log" ${ref(this.#scroller)} tabindex="0" role="region" aria-label="The log, ${count(lines, 'line')}"
                ?hidden=${!this.#state.rows} @keydown=${this.#listKey}><ol></ol>${complete && this.#state.rows
                    ? html`<p class="logend">The log ends here.</p>` : nothing}</div>
            ${this.#instead()}
            <p class="hidden" role="status">${this.#announcement()}</p>
            ${failed ? html`<div class="notice bad"><span></span><span>The log could not be read: ${failed.message}.</span>
                <button class="button" type="button" @click=${() => this.#open(!this.#byLink)}>Try again</button></div>` : nothing}
        </section>`;
    }

    drawn() {
        if (!this.#list && this.#scroller.value) {
            this.#list = new LogList(this.#scroller.value, this.#source, {
                address: (line) => this.#frame.here({ line }),
                followed: (following) => {
                    this.#following = following;
                    this.#seen = this.#state.lines;
                    this.#frame.redraw();
                },
                mayFollow: () => !isEnded(this.#run),
            });
            this.#list.target = (this.#line ?? 0) - 1;
            this.#list.following = this.#following;
            this.#list.grow(this.#state.rows);
        }
    }

    #count(name) {
        return name === 'warn' || name === 'error' ? ` ${number(this.#state.counts[name] ?? 0)}` : '';
    }

    #instead() {
        const { rows, lines, loaded, failed } = this.#state;
        if (rows || failed) return nothing;
        if (!loaded) return this.#slow ? html`<p class="empty soft">Reading the log</p>` : html`<p class="empty"></p>`;
        if (lines) return html`<p class="empty">No line of this kind${this.#complete ? '' : ' so far'}. <a href=${this.#frame.here({ show: '' })}>Show all</a></p>`;
        return html`<p class="empty soft">${this.#complete ? 'The log is empty.' : 'No line yet.'}</p>`;
    }

    #followButton() {
        const fresh = this.#following ? 0 : this.#state.lines - this.#seen;
        return html`<button class="button" type="button" aria-pressed=${this.#following ? 'true' : 'false'} @click=${() =>
            this.#list?.follow(!this.#following)}>${this.#following
            ? 'Following' : fresh > 0 ? `Follow, ${count(fresh, 'new line')}` : 'Follow'}</button>`;
    }

    #announcement() {
        const fresh = this.#following || isEnded(this.#run) ? 0 : this.#state.lines - this.#seen;
        const now = Date.now();
        if (fresh <= 0) return '';
        if (now - this.#announced.at >= ANNOUNCED) this.#announced = { at: now, words: count(fresh, 'new line') };
        return this.#announced.words;
    }

    // The search

    #found() {
        if (!this.#words) return nothing;
        const { found, searched, words } = this.#state;
        const current = words === this.#words;
        const far = current && searched ? '' : ' so far';
        if (!current || !found) return far ? 'None so far' : 'No match';
        return html`${number((this.#hit?.number ?? 0) + 1)} of ${number(found)}${far}
            <button class="linkish" type="button" @click=${() => this.#step(-1)}>previous</button>
            <button class="linkish" type="button" @click=${() => this.#step(1)}>next</button>`;
    }

    #typed = (event) => {
        this.#search(event.target.value.trim() ? event.target.value : '', false);
    };

    #fieldKey = (event) => {
        if (event.key === 'Enter') {
            event.preventDefault();
            this.#step(event.shiftKey ? -1 : 1);
        } else if (event.key === 'Escape' && event.target.value) {
            event.preventDefault();
            this.#search('');
        }
    };

    #search(words, write = true) {
        if (write && this.#field.value) this.#field.value.value = words;
        this.#words = words;
        this.#hit = null;
        this.#aim = null;
        this.#wanted = words ? 0 : null;
        this.#source.tell('find', { words });
        this.#list?.mark(words, null);
        this.#frame.redraw();
        return true;
    }

    #step(by) {
        const { found, words } = this.#state;
        if (!this.#words || words !== this.#words || !found) return Boolean(this.#words);
        const from = this.#aim ?? (by > 0 ? -1 : 0);
        this.#goToHit((from + by + found) % found);
        return true;
    }

    async #goToHit(wanted) {
        const words = this.#words;
        this.#aim = wanted;
        const hit = await this.#source.ask('hit', { number: wanted });
        if (!hit || words !== this.#words || wanted !== this.#aim) return;
        this.#hit = { ...hit, number: wanted };
        this.#list?.mark(words, this.#hit);
        this.#list?.show(hit.row, hit.line, hit.end);
        this.#frame.redraw();
    }

    // The lines

    #heard(state) {
        if (this.#closed) return;
        this.#state = state;
        this.#list?.grow(state.rows);
        if (this.#line && this.#shownLine !== this.#line && state.lines >= this.#line) this.#goToLine();
        if (this.#wanted !== null && state.words === this.#words && state.found > this.#wanted) {
            const wanted = this.#wanted;
            this.#wanted = null;
            this.#goToHit(wanted);
        }
        if (!this.#run) return;
        if (state.loaded && !this.#reading && !this.#whole) this.#readOn();
        if (state.failed && !this.#byLink) this.#open(true);
        this.#frame.redraw();
    }

    async #goToLine() {
        const line = this.#line;
        this.#list?.setTarget((line ?? 0) - 1);
        if (!line || !this.#list || this.#state.lines < line) return;
        this.#shownLine = line;
        const task = ++this.#lineTask;
        const row = await this.#source.ask('row', { line: line - 1 });
        if (task === this.#lineTask && row >= 0) this.#list.show(row, line - 1);
    }

    #listKey = (event) => {
        if (event.target !== this.#scroller.value || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === 'Home') {
            event.preventDefault();
            this.#list.home();
        }
    };

    /**
     * Reads the log from its beginning. Another server may keep it. A browser that hands the key on to that server is refused;
     * then the run's own link opens the log without the key.
     */
    #open(byLink = false) {
        const url = this.#frame.api.url(this.#path + 'logs/');
        const headers = {};
        const link = byLink && this.#run?.log_url ? new URL(this.#run.log_url).searchParams : null;
        if (link?.has('signature')) {
            for (const name of ['expires', 'signature']) url.searchParams.set(name, link.get(name));
        } else {
            headers.Authorization = `Bearer ${this.#frame.api.key}`;
        }
        this.#byLink = byLink;
        this.#openedAt = Date.now();
        this.#whole = this.#run !== null && isEnded(this.#run);
        this.#source.tell('open', { url: url.href, headers });
    }

    /** Reads new lines until the run has ended and all its lines are there. */
    async #readOn() {
        this.#reading = true;
        let place = null;
        try {
            while (!this.#closed && !this.#whole) {
                const ended = isEnded(this.#run);
                let page;
                try {
                    place ??= await this.#place();
                    page = await this.#newLines(place);
                } catch (failure) {
                    if (isAbort(failure) || this.#closed) return;
                    await pause(PAUSE * 2);
                    continue;
                }
                place.count += page.entries.length;
                if (place.count > MANY || (!place.after && page.entries.length)) place = null;
                if (page.more) continue;
                if (ended) {
                    this.#whole = true;
                    // Lines without a time, or later than late, are not among the new ones.
                    if (this.#own + page.total !== this.#state.lines) {
                        const { lines } = await this.#source.ask('size');
                        if (this.#own + page.total !== lines) this.#open();
                    }
                } else {
                    await pause(PAUSE);
                }
            }
        } finally {
            this.#reading = false;
            this.#frame.redraw();
        }
    }

    async #place() {
        const { lines } = await this.#source.ask('size');
        if (this.#run.state?.resume_from_run_id && !this.#own) {
            const { total } = await this.#newLines({ after: null, count: 1_000_000_000 });
            this.#own = Math.max(0, lines - total);
        }
        const tail = await this.#source.ask('tail', { first: this.#own, late: LATE });
        return tail ?? { after: null, count: lines - this.#own };
    }

    async #newLines(place) {
        const response = await this.#frame.api.response(this.#path + 'session_logs/', {
            query: { after: place.after, offset: place.count, limit: 1_000 }, signal: this.#frame.signal,
        });
        const entries = await response.json();
        if (entries.length) {
            await this.#source.ask('append', { text: entries.map((entry) => JSON.stringify(entry) + '\n').join('') });
        }
        return {
            entries,
            more: response.headers.get('X-Has-More') === 'true',
            total: Number(response.headers.get('X-Total-Count')),
        };
    }

    #download = async () => {
        const link = document.createElement('a');
        link.href = URL.createObjectURL(await this.#source.ask('blob'));
        link.download = `run-${this.#run.id}.jsonl`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    };
}

/** Whether a run is over. */
export function isEnded(run) {
    return ['completed', 'failed', 'cancelled'].includes(run?.status);
}

function pause(millis) {
    return new Promise((resolve) => setTimeout(resolve, millis));
}
