// All automations: search and filters in the address, the last outcomes, and changing many at once.
import { ApiError, isAbort } from './api.js';
import { again, changeAll, runNow, words } from './actions.js';
import { empty, next, recent, RECENT, rowHeight, schedule } from './autorow.js';
import { createRef, html, live, nothing, ref, repeat } from './dom.js';
import { plain, shown } from './text.js';
import { clock } from './time.js';
import { count, number } from './words.js';

const SHOWS = [['', 'All'], ['on', 'On'], ['paused', 'Paused'], ['failing', 'Failing']];
const QUERIES = { on: { enabled: 'true' }, paused: { enabled: 'false' }, failing: { failing: 'true' } };
const AROUND = 12; // rows drawn above and below those in view
const REFRESH = 30_000;
const TYPING = 200;

export function view(frame, route) {
    return new AutomationsView(frame, route);
}

class AutomationsView {
    title = 'Automations';
    #frame;
    #route;
    #rows = null;
    #read = ''; // the filters that the rows have passed
    #total = null; // of the whole project, when nothing matches
    #failure = null;
    #reading = null;
    #slow = false;
    #typing = 0;
    #refreshing;
    #field = createRef();
    #table = createRef();
    #above = createRef();
    #below = createRef();
    #first = 0;
    #last = 60;
    #current = 0; // the row that is in the order of focus
    #focus = null; // what to focus once it is drawn: 'link' or 'box'
    #chosen = new Map(); // name by id
    #anchor = null; // the row of the last choice, for a choice of several
    #notice = null; // {words, undo}
    #deleting = false;
    #busy = '';

    constructor(frame, route) {
        this.#frame = frame;
        this.#route = route;
        addEventListener('scroll', this.#scrolled, { passive: true });
        addEventListener('resize', this.#scrolled, { passive: true });
        this.#refreshing = setInterval(() => {
            if (!document.hidden && !this.#busy) this.#load();
        }, REFRESH);
        this.#load();
    }

    close() {
        removeEventListener('scroll', this.#scrolled);
        removeEventListener('resize', this.#scrolled);
        clearInterval(this.#refreshing);
        clearTimeout(this.#typing);
        this.#reading?.abort();
    }

    route(route) {
        this.#route = route;
        this.#current = 0;
        this.#load();
    }

    key(event) {
        if (event.key === '/') {
            this.#field.value?.focus();
            this.#field.value?.select();
            return true;
        }
        if (event.key === 'Escape' && (this.#notice || this.#deleting || this.#chosen.size)) {
            if (!this.#notice && !this.#deleting) this.#chosen.clear();
            this.#changedChoice();
            return true;
        }
        return false;
    }

    drawn() {
        const height = rowHeight();
        if (this.#above.value) {
            this.#above.value.style.height = `${this.#first * height}px`;
            this.#below.value.style.height = `${Math.max(0, (this.#rows?.length ?? 0) - this.#last) * height}px`;
        }
        if (!this.#focus) return;
        this.#table.value?.querySelector(`[data-row="${this.#current}"] ${this.#focus === 'box' ? 'input' : 'a'}`)?.focus({ preventScroll: true });
        this.#focus = null;
    }

    // Reading

    get #search() {
        return this.#route.query.get('search') ?? '';
    }

    get #show() {
        return this.#route.query.get('show') ?? '';
    }

    get #repository() {
        return this.#route.query.get('repository') ?? '';
    }

    get #filtered() {
        return Boolean(this.#search || this.#show || this.#repository);
    }

    get #filters() {
        return JSON.stringify([this.#search, this.#show, this.#repository]);
    }

    async #load() {
        this.#reading?.abort();
        const filters = this.#filters;
        const reading = new AbortController();
        this.#reading = reading;
        const { signal } = reading;
        const slow = setTimeout(() => {
            this.#slow = true;
            this.#frame.redraw();
        }, 400);
        try {
            const query = { search: this.#search, repository: this.#repository, ...QUERIES[this.#show] };
            const { results } = await this.#frame.api.all('automation_states/', query, { signal });
            const total = results.length || !this.#filtered ? null
                : (await this.#frame.api.get('task_automations/', { limit: 1 }, { signal })).count;
            this.#rows = results;
            this.#read = filters;
            this.#total = total;
            this.#failure = null;
            this.#measure();
        } catch (failure) {
            if (isAbort(failure)) return;
            this.#failure = { words: words(failure), at: this.#failure?.at ?? this.#frame.now() };
        } finally {
            clearTimeout(slow);
            if (!signal.aborted) this.#slow = false;
        }
        this.#frame.redraw();
    }

    // Drawing

    draw() {
        return html`<div class="page list">
            <div class="title"><h1>Automations</h1><div class="actions">${this.#frame.mayWrite
                ? html`<a class="button main" href=${this.#frame.address('automations', ['new'])}>New automation</a>` : nothing}</div></div>
            <div class="finder">
                <label class="field"><span class="hidden">Search names, prompts and repositories</span><input ${ref(this.#field)}
                    type="search" autocomplete="off" spellcheck="false" placeholder="Search names, prompts and repositories"
                    .value=${live(this.#typing ? this.#field.value?.value ?? '' : this.#search)} @input=${this.#typed}><kbd>/</kbd></label>
                <nav class="filters" aria-label="Show">${SHOWS.map(([name, text]) => html`<a href=${this.#frame.here({ show: name })}
                    aria-current=${name === this.#show ? 'true' : nothing}>${text}</a>`)}</nav>
                ${this.#repository ? html`<a class="chip" href=${this.#frame.here({ repository: '' })}>${shown(this.#repository)}<span class="hidden">, show all repositories</span> <span aria-hidden="true">&times;</span></a>` : nothing}
                <span class="small soft" role="status">${this.#counted()}</span>
            </div>
            ${this.#failure ? html`<div class="notice bad"><span></span><span>The automations could not be read since ${clock(this.#failure.at, this.#frame.zone)}: ${this.#failure.words}</span>
                <button class="button" type="button" @click=${() => this.#load()}>Try again</button></div>` : nothing}
            ${this.#body()}
        </div>${this.#foot()}`;
    }

    #counted() {
        if (!this.#rows || this.#read !== this.#filters) return this.#slow ? 'Reading the automations' : nothing;
        return this.#filtered ? `${number(this.#rows.length)} ${this.#rows.length === 1 ? 'matches' : 'match'}` : count(this.#rows.length, 'automation');
    }

    #body() {
        const unread = !this.#rows || (!this.#rows.length && this.#read !== this.#filters);
        if (unread) return this.#failure ? nothing : html`<div class="night">${Array.from({ length: 12 }, () => html`<div class="row auto blank"></div>`)}</div>`;
        if (!this.#rows.length) return empty(this.#frame, { search: this.#search, filtered: this.#filtered, total: this.#total });
        const rows = this.#rows.slice(this.#first, this.#last);
        const all = this.#rows.every((row) => this.#chosen.has(row.id));
        return html`<div class="autos" role="table" aria-label="Automations" aria-rowcount=${this.#rows.length + 1} ${ref(this.#table)}
                @keydown=${this.#moved}>
            <div class="row auto head" role="row" aria-rowindex="1">
                <span role="columnheader" class="pick">${this.#frame.mayWrite ? html`<input type="checkbox" .checked=${live(all)}
                    .indeterminate=${live(!all && this.#chosen.size > 0)} @change=${this.#chooseAll}
                    aria-label="Choose all ${number(this.#rows.length)}">` : html`<span class="hidden">Choice</span>`}</span>
                <span role="columnheader">Name</span><span role="columnheader" class="when">Schedule</span>
                <span role="columnheader" class="num">Next start</span><span role="columnheader" class="there">There</span>
                <span role="columnheader">Last ${RECENT}</span><span role="columnheader" class="num">In a row</span></div>
            <div role="none" ${ref(this.#above)}></div>
            ${repeat(rows, (row) => row.id, (row, at) => this.#row(row, this.#first + at))}
            <div role="none" ${ref(this.#below)}></div>
        </div>`;
    }

    #row(row, at) {
        const chosen = this.#chosen.has(row.id);
        const current = at === this.#current;
        return html`<div class="row auto" role="row" aria-rowindex=${at + 2} data-row=${at} aria-selected=${chosen ? 'true' : nothing}>
            <span role="cell" class="pick">${this.#frame.mayWrite ? html`<input type="checkbox" tabindex="-1" .checked=${live(chosen)}
                aria-label="Choose ${plain(row.name)}" @click=${(event) => this.#choose(at, event)}>` : nothing}</span>
            <span class="name" role="rowheader"><a href=${this.#frame.address('automations', [row.id])} tabindex=${current ? '0' : '-1'}
                @focus=${() => this.#focused(at)}>${shown(row.name)}</a><a class="repo clip" tabindex="-1"
                href=${this.#frame.here({ repository: row.repository })}>${shown(row.repository)}</a></span>
            <span role="cell" class="when clip soft">${shown(schedule(row))}</span>
            ${next(this.#frame, row)}
            <span role="cell" class="recent">${recent(row)}</span>
            <span role="cell" class="num">${row.failures_in_a_row ? html`<span class="failing">${number(row.failures_in_a_row)}<span class="hidden"> failures in a row</span></span>` : nothing}</span>
        </div>`;
    }

    #foot() {
        const size = this.#chosen.size;
        if (!size && !this.#notice && !this.#busy) return nothing;
        return html`<div class="reading"><div role="status" class="said2">${this.#busy || (this.#notice
            ? html`${this.#notice.words}${this.#notice.undo ? html` <button class="linkish" type="button" @click=${this.#notice.undo}>Undo</button>` : nothing}`
            : html`<b>${number(size)} chosen</b>`)}</div>
            ${size && this.#deleting ? this.#deletion() : size ? html`<div class="actions" role="group" aria-label="Change ${count(size, 'automation')}">
                <button class="button" type="button" ?disabled=${this.#busy} @click=${() => this.#pause(false)}>Pause</button>
                <button class="button" type="button" ?disabled=${this.#busy} @click=${() => this.#pause(true)}>Resume</button>
                <button class="button" type="button" ?disabled=${this.#busy} @click=${this.#runAll}>Run now</button>
                <button class="button danger" type="button" ?disabled=${this.#busy} @click=${this.#askDelete}>Delete&hellip;</button>
                <button class="linkish" type="button" @click=${() => this.#clear()}>Clear</button></div>` : nothing}</div>`;
    }

    #deletion() {
        const size = this.#chosen.size;
        const [name] = this.#chosen.values();
        const expected = size === 1 ? name : String(size);
        return html`<form class="actions" @submit=${(event) => this.#delete(event, expected)}>
            <label for="confirm">Delete ${size === 1 ? shown(name) : count(size, 'automation')} for good. ${size === 1 ? 'Its' : 'Their'} runs stay. Type ${size === 1 ? 'its name' : `the number ${size}`}:</label>
            <input id="confirm" name="confirm" class="n" autocomplete="off" spellcheck="false">
            <button class="button danger" type="submit" ?disabled=${this.#busy}>Delete</button>
            <button class="button" type="button" @click=${this.#keep}>Keep</button></form>`;
    }

    // The rows in view

    #scrolled = () => {
        if (this.#measure()) this.#frame.redraw();
    };

    #measure() {
        const table = this.#table.value;
        const height = rowHeight();
        const top = table ? Math.max(0, -table.getBoundingClientRect().top) : 0;
        const first = Math.max(0, Math.floor(top / height) - AROUND);
        const last = Math.min(this.#rows?.length ?? 0, Math.ceil((top + innerHeight) / height) + AROUND);
        const changed = first !== this.#first || last !== this.#last;
        this.#first = first;
        this.#last = last;
        return changed;
    }

    #focused(at) {
        if (this.#current === at) return;
        this.#current = at;
        this.#frame.redraw();
    }

    #moved = (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !event.target.closest('[data-row]')) return;
        const inBox = event.target.matches('input');
        const page = Math.max(1, Math.floor(innerHeight / rowHeight()) - 3);
        const to = {
            ArrowDown: this.#current + 1, ArrowUp: this.#current - 1, Home: 0, End: this.#rows.length - 1,
            PageDown: this.#current + page, PageUp: this.#current - page,
        }[event.key];
        if (to !== undefined) {
            event.preventDefault();
            this.#goTo(Math.min(this.#rows.length - 1, Math.max(0, to)), inBox ? 'box' : 'link');
        } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
            event.preventDefault();
            this.#goTo(this.#current, event.key === 'ArrowLeft' && this.#frame.mayWrite ? 'box' : 'link');
        } else if (event.key === ' ' && !inBox && this.#frame.mayWrite) {
            event.preventDefault();
            this.#choose(this.#current, event);
        }
    };

    #goTo(row, part) {
        this.#current = row;
        this.#focus = part;
        const height = rowHeight();
        const top = this.#table.value.getBoundingClientRect().top + (row + 1) * height;
        const foot = document.querySelector('.reading')?.offsetHeight ?? 0;
        if (top < 2 * height) scrollBy(0, top - 2 * height);
        else if (top + 2 * height > innerHeight - foot) scrollBy(0, top + 2 * height - innerHeight + foot);
        this.#measure();
        this.#frame.redraw();
    }

    #typed = (event) => {
        const search = event.target.value;
        clearTimeout(this.#typing);
        this.#typing = setTimeout(() => {
            this.#typing = 0;
            this.#frame.query({ search: search.trim() ? search : '' }, { replace: true });
        }, TYPING);
    };

    // Choosing

    #choose(at, event) {
        const row = this.#rows[at];
        const chosen = !this.#chosen.has(row.id);
        const [from, to] = event.shiftKey && this.#anchor !== null ? [Math.min(at, this.#anchor), Math.max(at, this.#anchor)] : [at, at];
        for (const each of this.#rows.slice(from, to + 1)) {
            if (chosen) this.#chosen.set(each.id, each.name);
            else this.#chosen.delete(each.id);
        }
        this.#anchor = at;
        this.#changedChoice();
    }

    #chooseAll = (event) => {
        if (event.target.checked) for (const row of this.#rows) this.#chosen.set(row.id, row.name);
        else this.#chosen.clear();
        this.#changedChoice();
    };

    #clear() {
        this.#chosen.clear();
        this.#changedChoice();
    }

    #changedChoice() {
        this.#notice = null;
        this.#keep();
    }

    #askDelete = () => {
        this.#deleting = true;
        this.#notice = null;
        this.#frame.redraw();
        queueMicrotask(() => queueMicrotask(() => document.getElementById('confirm')?.focus()));
    };

    #keep = () => {
        this.#deleting = false;
        this.#frame.redraw();
    };

    // Changing

    async #change(ids, doing, done, send, undo) {
        this.#deleting = false;
        this.#notice = null;
        const names = new Map(this.#chosen);
        const say = (finished) => {
            this.#busy = finished ? `${doing} ${number(finished)} of ${number(ids.length)}` : `${doing} ${count(ids.length, 'automation')}`;
            this.#frame.redraw();
        };
        const { changed, failures } = await changeAll(ids, send, say);
        const [first] = failures;
        this.#busy = '';
        this.#notice = {
            words: html`${done} ${count(changed.length, 'automation')}.${first ? html` Not ${shown(names.get(first.id) ?? first.id)}: ${shown(first.words)}${failures.length > 1
                ? html` And ${number(failures.length - 1)} more.` : nothing}` : nothing}`,
            undo: undo && changed.length ? () => undo(changed) : null,
        };
        await this.#load();
        return changed;
    }

    #patch(enabled, ids, undo = true) {
        const before = new Map(this.#rows.map((row) => [row.id, row.enabled]));
        return this.#change(
            ids, enabled ? 'Resuming' : 'Pausing', enabled ? 'Resumed' : 'Paused',
            async (id) => {
                if (before.get(id) === enabled) return false;
                await again(() => this.#frame.api.send('PATCH', `task_automations/${encodeURIComponent(id)}/`, { enabled }));
                return true;
            },
            undo ? (changed) => this.#patch(!enabled, changed, false) : null,
        );
    }

    #pause(enabled) {
        return this.#patch(enabled, [...this.#chosen.keys()]);
    }

    #runAll = async () => {
        await this.#change([...this.#chosen.keys()], 'Starting', 'Started by hand', async (id) => {
            const outcome = await runNow(this.#frame, id);
            if (!outcome.run) throw new ApiError(409, { detail: `the run ${outcome.inTheWay ? `of ${clock(outcome.inTheWay.at, this.#frame.zone)} ` : ''}is still going.` });
        });
    };

    async #delete(event, expected) {
        event.preventDefault();
        const field = event.target.elements.confirm;
        if (field.value.trim() !== expected.trim()) {
            field.setAttribute('aria-invalid', 'true');
            field.focus();
            return;
        }
        const deleted = await this.#change([...this.#chosen.keys()], 'Deleting', 'Deleted', async (id) => {
            try {
                await again(() => this.#frame.api.send('DELETE', `task_automations/${encodeURIComponent(id)}/`));
            } catch (failure) {
                // Gone already: by an answer that was lost, or by somebody else.
                if (!(failure instanceof ApiError) || failure.status !== 404) throw failure;
            }
        });
        for (const id of deleted) this.#chosen.delete(id);
        this.#frame.redraw();
    }
}
