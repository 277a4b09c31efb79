// Health: whether the schedules are in force, what waits and what runs, whose key this is, which version answers.
import { isAbort } from './api.js';
import { html, mark, nothing } from './dom.js';
import { isOutOfForce } from './night.js';
import { shown } from './text.js';
import * as Time from './time.js';
import { count, number } from './words.js';

const AGAIN = 30_000; // ms

export function view(frame) {
    return new Health(frame);
}

class Health {
    constructor(frame) {
        this.frame = frame;
        this.title = 'Health';
        this.facts = null;
        this.failure = null;
        this.version = undefined; // null: it could not be read
        this.timer = setInterval(() => document.hidden || this.read(), AGAIN);
        this.read();
        this.readVersion();
    }

    close() {
        clearInterval(this.timer);
    }

    async read() {
        const { frame } = this;
        const { api, signal } = frame;
        const now = frame.now();
        const from = new Date(now - Time.DAY).toISOString();
        const unfinished = new Date(now - 14 * Time.DAY).toISOString(); // none is older; without it all runs are read
        const counted = async (path, query) => (await api.get(path, { ...query, limit: 1 }, { signal })).count;
        try {
            const [states, queued, running, failed, missed] = await Promise.all([
                api.all('automation_states/', {}, { signal }),
                counted('task_runs/', { status: 'queued', from: unfinished }),
                counted('task_runs/', { status: 'in_progress', from: unfinished }),
                counted('task_runs/', { status: 'failed', from }),
                counted('occurrences/', { status: 'missed', from }),
            ]);
            this.facts = { states: states.results, queued, running, failed, missed, now };
            this.failure = null;
        } catch (failure) {
            if (isAbort(failure)) return;
            this.failure = failure;
        }
        frame.redraw();
    }

    /** The description of the API says its version; it is one small line at its beginning. */
    async readVersion() {
        const { frame } = this;
        try {
            const text = await (await frame.api.response('/schema/', { signal: frame.signal })).text();
            this.version = /^ {2}version: *["']?([^"'\s]+)/m.exec(text)?.[1] ?? null;
        } catch (failure) {
            if (isAbort(failure)) return;
            this.version = null;
        }
        frame.redraw();
    }

    draw() {
        const { frame } = this;
        const { me } = frame;
        return html`<div class="page"><div class="title"><h1>Health</h1></div>
            ${this.failure ? html`<div class="notice bad">${mark('fail')}<span>The state could not be read: ${shown(this.failure.message)}</span>
                <button class="button" type="button" @click=${() => this.read()}>Try again</button></div>` : nothing}
            ${this.facts ? this.drawFacts() : this.failure ? nothing : html`<p class="soft" role="status">Reading the state</p>`}
            <section><h2>Key</h2><dl class="facts">
                <dt>Label</dt><dd>${shown(me.label)}</dd>
                <dt>Scopes</dt><dd>${shown(me.scopes.join(', '))}</dd>
                <dt>Projects</dt><dd>${me.projects?.length ? shown(me.projects.map(({ name }) => name).join(', ')) : 'all'}</dd>
                <dt>Owner</dt><dd>${shown([me.owner?.first_name, me.owner?.last_name].filter(Boolean).join(' ') || me.owner?.email)}</dd></dl>
                <p class="soft">All keys are listed by the function <code>ListApiKeys</code>, without their secrets.</p></section>
            <section><h2>Version</h2><p>${this.version === null ? html`<span class="soft">unknown</span>` : this.version ?? nothing}</p></section>
            <section><h2>What the API cannot see</h2>
                <p class="soft">When schedules and automations were last compared: the function <code>Reconcile</code> does it, and its log says when. An alarm of the stack
                rings when they differed.</p>
                <p class="soft">Dead letters: an alarm of the stack rings when there are some.</p></section>
        </div>`;
    }

    drawFacts() {
        const { frame } = this;
        const { states, queued, running, failed, missed, now } = this.facts;
        const enabled = states.filter((state) => state.enabled);
        const off = enabled.filter((state) => isOutOfForce(state, now));
        const pending = enabled.filter((state) => state.sync?.state === 'pending' && !off.includes(state));
        const settled = enabled.map((state) => Time.instant(state.sync?.since)).filter((at) => !Number.isNaN(at));
        const last = settled.length ? Math.max(...settled) : NaN;
        const sentence = !enabled.length ? 'No schedule should be in force: there is no automation that is on.'
            : off.length ? `${count(off.length, 'schedule')} of ${number(enabled.length)} ${off.length === 1 ? 'is' : 'are'} not in force.`
            : pending.length ? `${count(pending.length, 'schedule')} of ${number(enabled.length)} ${pending.length === 1 ? 'is' : 'are'} on the way; the others are in force.`
            : enabled.length === 1 ? 'The one schedule is in force.' : `All ${number(enabled.length)} schedules are in force.`;
        const link = (words, address) => html`<a href=${address}>${words}</a>`;
        return html`<ul class="sentences"><li>${mark(off.length ? 'off' : 'ok')}<span>${sentence}${Number.isNaN(last) ? nothing
                : html` The last change of one was seen ${Time.spoken(last, now, frame.zone)}.`}</span></li></ul>
            ${off.length ? html`<ul>${off.slice(0, 20).map((state) => html`<li>${link(shown(state.name), frame.address('automations', [state.id]))}:
                ${shown(state.sync.reason ?? 'the change has not reached the schedule service')}</li>`)}</ul>` : nothing}
            <dl class="numbers">
                <div><dt>Automations on</dt><dd>${number(enabled.length)} <span class="small soft">of ${number(states.length)}</span></dd></div>
                <div><dt>Queued runs</dt><dd>${number(queued)}</dd></div>
                <div><dt>Running</dt><dd>${number(running)}</dd></div>
                <div><dt>Failed in 24 hours</dt><dd>${link(number(failed), frame.address('tonight', [], { show: 'fail' }))}</dd></div>
                <div><dt>Missed in 24 hours</dt><dd>${link(number(missed), frame.address('tonight', [], { show: 'missed' }))}</dd></div>
                <div><dt>Paused by failures</dt><dd>${number(states.filter((state) => state.paused_reason === 'failures').length)}</dd></div>
            </dl>
            <p class="soft small">As of ${Time.clock(now, frame.zone)}</p>`;
    }
}
