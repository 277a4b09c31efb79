// One automation: whether it is on and in force, its strip of 28 days and 7 ahead, its history, its settings.
import { ApiError, isAbort } from './api.js';
import { again, runNow, runNowWords, words } from './actions.js';
import { AHEAD, AutomationStrip, BACK } from './autostrip.js';
import { createRef, html, mark, nothing, ref } from './dom.js';
import { History, readFacts, WINDOW } from './history.js';
import { Settings } from './settings.js';
import { shown } from './text.js';
import { clock, duration, full, instant, spoken } from './time.js';
import { count, kindOf, number, word } from './words.js';

const REFRESH = 15_000;
const RUNNING = 2_000;
const STORED = { success: 'completed', failed: 'failed', running: 'in_progress' };

export function view(frame, route) {
    return route.parts[0] === 'new' ? new NewAutomation(frame) : new AutomationView(frame, route);
}

class NewAutomation {
    title = 'New automation';
    #frame;
    #settings;

    constructor(frame) {
        this.#frame = frame;
        this.#settings = new Settings(frame, ({ automation }) => {
            // A policy that was refused is corrected on the new automation's own page.
            frame.go(frame.address('automations', [automation.body.id]), { replace: true });
        });
        this.#settings.begin();
    }

    close() {
        this.#settings.close();
    }

    drawn() {
        const name = document.getElementById('f-name');
        if (name && !this.focused) {
            this.focused = true;
            name.focus();
        }
    }

    draw() {
        return html`<div class="page narrow"><p class="crumbs"><a href=${this.#frame.address('automations')}>Automations</a> / new</p>
            <div class="title"><h1>New automation</h1></div>
            ${this.#frame.mayWrite ? html`${this.#settings.draw()}${curl(this.#frame, '', 'POST', this.#settings.body)}`
                : html`<p>This key may read, not write.</p>`}</div>`;
    }
}

class AutomationView {
    #frame;
    #route;
    #path;
    #automation = null;
    #policy = null;
    #schedule = null;
    #unread = false; // whether the schedule could not be read
    #recent = null; // {facts, from, to}
    #upcoming = [];
    #failure = null;
    #notice = null;
    #busy = false;
    #deleting = false;
    #timer = 0;
    #history;
    #settings;
    #strip;
    #box = createRef();

    constructor(frame, route) {
        this.#frame = frame;
        this.#route = route;
        this.#path = `task_automations/${encodeURIComponent(route.parts[0])}/`;
        this.#history = new History(frame);
        this.#settings = new Settings(frame, (saved) => {
            if (saved.automation) {
                this.#automation = saved.automation.body;
                this.#forget();
            }
            if (saved.policy) this.#policy = saved.policy.body;
            this.#load();
        });
        this.#strip = new AutomationStrip(frame);
        this.#load();
    }

    get title() {
        return this.#automation?.name ?? 'Automation';
    }

    close() {
        clearTimeout(this.#timer);
        this.#strip.close();
        this.#settings.close();
    }

    route(route) {
        this.#route = route;
        if (this.#automation) this.#history.read(this.#automation, route, this.#recent);
    }

    key(event) {
        if (event.key === 'Escape' && (this.#notice || this.#deleting)) {
            this.#deleting = false;
            this.#say(null);
            return true;
        }
        return false;
    }

    drawn() {
        this.#strip.show(this.#box.value, {
            automation: this.#automation, facts: this.#recent?.facts ?? [], upcoming: this.#upcoming, inForce: this.#inForce,
        });
    }

    // Reading

    async #load() {
        clearTimeout(this.#timer);
        const { api, signal } = this.#frame;
        const tagged = (path) => api.patiently(() => api.request('GET', path, { signal }), signal);
        const optional = (reading) => reading.catch((failure) => {
            if (isAbort(failure)) throw failure;
            return null;
        });
        try {
            const [automation, policy, schedule] = await Promise.all([
                tagged(this.#path), optional(tagged(this.#path + 'policy/')), optional(api.get(this.#path + 'schedule/', {}, { signal })),
            ]);
            this.#automation = automation.body;
            this.#settings.take(automation);
            if (policy) {
                this.#policy = policy.body;
                this.#settings.takePolicy(policy);
            }
            this.#schedule = schedule;
            this.#unread = schedule === null;
            this.#failure = null;
            this.#frame.redraw();
            await this.#readFacts();
        } catch (failure) {
            if (isAbort(failure)) return;
            this.#failure = failure;
        }
        this.#frame.redraw();
        this.#timer = setTimeout(() => this.#load(), this.#automation?.last_run_status === 'running' ? RUNNING : REFRESH);
    }

    /** Whether a changed schedule is in force is not said before it is read. */
    #forget() {
        if (this.#schedule) this.#schedule = { ...this.#schedule, sync: null };
    }

    async #readFacts() {
        const { api, signal } = this.#frame;
        const now = this.#frame.now();
        const coming = (this.#schedule?.occurrences ?? []).map((each) => instant(each.utc));
        const upcoming = this.#automation.enabled && coming.length === 10 && coming.at(-1) < now + AHEAD
            ? api.get('upcoming/', { hours: 168, automation: this.#automation.id }, { signal }).catch(() => null) : null;
        const recent = await readFacts(api, this.#automation, now - WINDOW + 60_000, now, signal).catch((failure) => {
            if (isAbort(failure)) throw failure;
            return null;
        });
        const more = (await upcoming)?.results?.filter((each) => (each.automation?.id ?? each.automation) === this.#automation.id)
            .map((each) => instant(each.scheduled_at)) ?? [];
        this.#upcoming = this.#automation.enabled ? [...new Set([...coming, ...more])].filter((at) => at > now).sort((one, other) => one - other) : [];
        if (recent) this.#recent = { ...recent, to: now };
        await this.#history.read(this.#automation, this.#route, this.#recent);
    }

    // Drawing

    get #inForce() {
        return this.#schedule?.sync?.status !== 'failed';
    }

    draw() {
        if (this.#failure && !this.#automation) return this.#broken();
        const automation = this.#automation;
        if (!automation) return html`<div class="page"><p class="crumbs">&nbsp;</p><div class="title"><h1>&nbsp;</h1></div></div>`;
        const kind = this.#kind();
        return html`<div class="page">
            <p class="crumbs"><a href=${this.#frame.address('automations')}>Automations</a> / <a href=${this.#frame.address('automations', [], { repository: automation.repository })}>${shown(automation.repository)}</a></p>
            <div class="title"><h1>${kind ? mark(kind, `Last run ${word(kind)}`) : nothing}<span class="said">${shown(automation.name)}</span></h1>${this.#actions()}</div>
            <p class="state">${this.#state()}</p>
            ${this.#failure ? html`<div class="notice bad"><span></span><span>This was not read again: ${words(this.#failure)}</span><button class="button" type="button" @click=${() => this.#load()}>Try again</button></div>` : nothing}
            <div role="status">${this.#notice ? html`<div class="notice ${this.#notice.bad ? 'bad' : ''}"><span></span><span>${this.#notice.words}${this.#notice.undo ? html` <button class="linkish" type="button" @click=${this.#notice.undo}>Undo</button>` : nothing}</span></div>` : nothing}</div>
            ${this.#deleting ? this.#deletion() : nothing}
            <div class="axisgap" ${ref(this.#box)} @click=${this.#strip.clicked} @keydown=${this.#strip.pressed}></div>
            ${this.#recent && this.#recent.from > this.#recent.to - BACK ? html`<p class="small soft">Drawn back to ${full(this.#recent.from, automation.timezone)}; the history has the rest.</p>` : nothing}
            <div class="split"><div>${this.#history.draw(this.#next())}
                ${curl(this.#frame, `${automation.id}/`, 'PATCH', this.#settings.body)}</div>
                <div>${this.#settings.draw()}</div></div>
        </div>`;
    }

    #broken() {
        const gone = this.#failure instanceof ApiError && this.#failure.status === 404;
        return html`<div class="page"><h1>${gone ? 'There is no such automation' : 'This automation could not be read'}</h1>
            <p class="soft">${gone ? 'It was deleted, or it belongs to another project. Its runs stay.' : words(this.#failure)}</p>
            <p class="actions"><button class="button" type="button" @click=${() => this.#load()}>Try again</button></p></div>`;
    }

    #kind() {
        const last = this.#lastRun();
        return last ? last.kind : this.#automation.last_run_status ? kindOf(STORED[this.#automation.last_run_status]) : null;
    }

    #lastRun() {
        return this.#recent?.facts.find((fact) => fact.run === this.#automation.last_task_run_id) ?? null;
    }

    #next() {
        const at = instant(this.#schedule?.next_run_at);
        if (!this.#automation.enabled || Number.isNaN(at)) return null;
        return { at, kind: this.#inForce ? 'next' : 'off', why: this.#inForce ? '' : this.#schedule.sync.reason };
    }

    #state() {
        const automation = this.#automation;
        const { zone } = this.#frame;
        const now = this.#frame.now();
        const sync = this.#schedule?.sync;
        const next = this.#next();
        const reason = this.#policy?.paused_reason;
        const on = !automation.enabled ? html`<b>Paused${reason ? ' by its own failures' : ''}.</b>`
            : sync?.status === 'failed' ? html`<b>On, but not in force</b> since ${spoken(instant(sync.since), now, zone)}: ${shown(sync.reason ?? 'the scheduler refused it')}.`
            : sync?.status === 'pending' ? html`<b>On.</b> Its schedule is being made.`
            : sync ? html`<b>On, in force.</b>`
            : this.#unread ? html`<b>On.</b> Whether its schedule is in force could not be read.` : html`<b>On.</b>`;
        return html`${on}${next && this.#inForce ? html` Next start <b>${spoken(next.at, now, zone)}</b>, in ${duration((next.at - now) / 1000)}.` : nothing}${this.#last(now, zone)}${this.#failures()}${!automation.enabled && automation.last_error
            ? html` <span class="said">${shown(automation.last_error)}</span>` : nothing}`;
    }

    #last(now, zone) {
        const automation = this.#automation;
        if (!automation.last_task_run_id) return ' It has not run yet.';
        const kind = this.#kind();
        const at = instant(automation.last_run_at);
        const took = this.#lastRun()?.seconds;
        return html` Last run <a href=${this.#frame.address('runs', [automation.last_task_id, automation.last_task_run_id])}>${word(kind)}, ${spoken(at, now, zone)}</a>${typeof took === 'number' && kind !== 'running' ? ` after ${duration(took)}` : ''}.`;
    }

    #failures() {
        const failures = this.#policy?.failures_in_a_row ?? 0;
        if (!failures) return nothing;
        const limit = this.#policy.pause_after_failures;
        return ` ${count(failures, 'failure')} in a row${limit && this.#automation.enabled ? `; it pauses itself after ${number(limit)}` : ''}.`;
    }

    #actions() {
        if (!this.#frame.mayWrite) return nothing;
        const { enabled } = this.#automation;
        return html`<div class="actions">
            <button class="button" type="button" ?disabled=${this.#busy} @click=${this.#runNow}>Run now</button>
            <button class="button" type="button" ?disabled=${this.#busy} @click=${() => this.#enable(!enabled)}>${enabled ? 'Pause' : 'Resume'}</button>
            <button class="button danger" type="button" ?disabled=${this.#busy} aria-expanded=${this.#deleting ? 'true' : 'false'} @click=${this.#askDelete}>Delete&hellip;</button></div>`;
    }

    #deletion() {
        const { name } = this.#automation;
        return html`<form class="notice bad" @submit=${this.#delete}><span></span><label for="confirm">Delete ${shown(name)} for good. Its runs stay. Type its name:</label>
            <span class="actions"><input id="confirm" name="confirm" class="confirm" autocomplete="off" spellcheck="false">
            <button class="button danger" type="submit" ?disabled=${this.#busy}>Delete</button>
            <button class="button" type="button" @click=${() => { this.#deleting = false; this.#frame.redraw(); }}>Keep it</button></span></form>`;
    }

    // Changing

    #say(text, { bad = false, undo = null } = {}) {
        this.#notice = text ? { words: text, bad, undo } : null;
        this.#frame.redraw();
    }

    async #busily(task) {
        this.#busy = true;
        this.#notice = null;
        this.#frame.redraw();
        try {
            await task();
        } catch (failure) {
            if (!isAbort(failure)) this.#say(words(failure), { bad: true });
        } finally {
            this.#busy = false;
            this.#frame.redraw();
        }
    }

    #runNow = () => this.#busily(async () => {
        const outcome = await runNow(this.#frame, this.#automation.id);
        this.#say(runNowWords(this.#frame, outcome, (at) => clock(at, this.#frame.zone)), { bad: !outcome.run });
        this.#load();
    });

    #enable(enabled, undoable = true) {
        return this.#busily(async () => {
            const saved = await again(() => this.#frame.api.send('PATCH', this.#path, { enabled }));
            this.#automation = saved.body;
            this.#forget();
            this.#settings.take(saved);
            this.#say(html`${enabled ? 'Resumed' : 'Paused'} ${shown(this.#automation.name)}.`, { undo: undoable ? () => this.#enable(!enabled, false) : null });
            this.#load();
        });
    }

    #askDelete = () => {
        this.#deleting = true;
        this.#say(null);
        queueMicrotask(() => queueMicrotask(() => document.getElementById('confirm')?.focus()));
    };

    #delete = (event) => {
        event.preventDefault();
        const field = event.target.elements.confirm;
        if (field.value.trim() !== this.#automation.name.trim()) {
            field.setAttribute('aria-invalid', 'true');
            field.focus();
            return;
        }
        this.#busily(async () => {
            try {
                await again(() => this.#frame.api.send('DELETE', this.#path));
            } catch (failure) {
                if (!(failure instanceof ApiError) || failure.status !== 404) throw failure;
            }
            this.#frame.go(this.#frame.address('automations'), { replace: true });
        });
    };
}

/** The same by curl. */
function curl(frame, path, method, body) {
    const text = JSON.stringify(body, null, method === 'POST' ? 2 : 0).replaceAll("'", "'\\''");
    return html`<details class="fold"><summary>As curl</summary><pre tabindex="0" role="region" aria-label="The same by curl">${shown(`curl "$NIGHTSHIFT_URL/api/projects/${frame.project?.id ?? '@current'}/task_automations/${path}" \\
  -X ${method} -H "Authorization: Bearer $NIGHTSHIFT_KEY" -H 'Content-Type: application/json' \\
  -d '${text}'`)}</pre></details>`;
}
