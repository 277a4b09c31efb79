// The form of an automation: its settings with a live preview, and its policy. It sends what has changed and nothing else.
import { ApiError, isAbort } from './api.js';
import { again, create, onceKey, words } from './actions.js';
import { clockChange, insteadOf } from './clockchange.js';
import { html, live, mark, nothing } from './dom.js';
import { hidden } from './fields.js';
import { NEW_POLICY, policyFields, policyValue } from './policyfields.js';
import { shown } from './text.js';
import { clock, DAY, day, full, instant, place } from './time.js';
import { count } from './words.js';

const TYPING = 250;
const SPEC = ['name', 'repository', 'prompt', 'cron_expression', 'timezone'];
const NEW_SPEC = { name: '', repository: '', prompt: '', cron_expression: '0 2 * * *', timezone: '' };
const LABELS = {
    name: 'Name', repository: 'Repository', prompt: 'Prompt', cron_expression: 'Cron expression', timezone: 'Time zone',
    overlap: 'If the last run is still going', retry_attempts: 'After a failure, try again', retry_delay_seconds: 'Minutes before the first retry',
    retry_on: 'Which failures', pause_after_failures: 'Pause after', time_limit_seconds: 'Stop a run after', branch: 'Branch', environment: 'Environment',
};

const zones = () => (Intl.supportedValuesOf ? ['UTC', ...Intl.supportedValuesOf('timeZone')] : ['UTC']);

/** Whether a schedule looks finished: five fields, and a zone that the browser knows. */
function isWhole({ cron_expression: cron, timezone }) {
    if (cron.trim().split(/\s+/).length !== 5) return false;
    try {
        return Boolean(new Intl.DateTimeFormat('en', { timeZone: timezone }));
    } catch {
        return false;
    }
}

export class Settings {
    #frame;
    #saved = () => {};
    #id = null; // null: a new automation
    #was = { spec: {}, policy: null };
    #now = { spec: {}, policy: null };
    #tags = { spec: null, policy: null };
    #refused = null; // {attr, words}
    #elsewhere = null; // {part, theirs, shown} after a 412
    #preview = null;
    #previewRefused = null;
    #previewing = 0;
    #previewTask = null;
    #upcoming = null;
    #busy = false;
    #done = '';
    #key = onceKey();

    /** @param saved is called with what was saved: `{automation, policy}` */
    constructor(frame, saved) {
        this.#frame = frame;
        this.#saved = saved;
        addEventListener('beforeunload', this.#leaving);
    }

    close() {
        removeEventListener('beforeunload', this.#leaving);
        clearTimeout(this.#previewing);
        this.#previewTask?.abort();
    }

    /** An automation that does not exist yet. */
    begin() {
        const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
        this.#was = { spec: { ...NEW_SPEC, timezone: zone }, policy: policyFields(NEW_POLICY) };
        this.#now = { spec: { ...this.#was.spec }, policy: { ...this.#was.policy } };
        this.#ask();
    }

    /** The automation as it is stored. What was typed stays. */
    take({ body, etag }) {
        this.#id = body.id;
        this.#stored('spec', Object.fromEntries(SPEC.map((name) => [name, body[name]])), etag);
        if (!this.#preview) this.#ask();
    }

    takePolicy({ body, etag }) {
        this.#stored('policy', policyFields(body), etag);
    }

    /** What is stored now. If somebody else has changed a field that is being edited here, the version stays the one that was seen: saving is refused then, and shows both. */
    #stored(part, stored, etag) {
        const was = this.#was[part] ?? {};
        const meets = this.#changed(part).some((name) => stored[name] !== was[name]);
        if (this.#elsewhere?.part === part || meets) return;
        this.#tags[part] = etag;
        this.#rebase(part, stored);
    }

    #rebase(part, stored) {
        const was = this.#was[part] ?? {};
        const now = this.#now[part] ?? {};
        this.#now[part] = Object.fromEntries(Object.entries(stored).map(([name, value]) =>
            [name, now[name] !== undefined && now[name] !== was[name] ? now[name] : value]));
        this.#was[part] = stored;
    }

    get changes() {
        return ['spec', 'policy'].flatMap((part) => this.#changed(part));
    }

    get isDirty() {
        return this.changes.length > 0;
    }

    /** What a caller sends for the same: the changed fields, or the schedule. */
    get body() {
        const names = this.#id ? this.#changed('spec') : SPEC;
        return Object.fromEntries((names.length ? names : ['cron_expression', 'timezone']).map((name) => [name, this.#now.spec[name]]));
    }

    #changed(part) {
        return Object.keys(this.#now[part] ?? {}).filter((name) => this.#now[part][name] !== this.#was[part][name]);
    }

    #leaving = (event) => {
        if (this.#id && this.isDirty) event.preventDefault();
    };

    // Drawing

    draw() {
        const readOnly = !this.#frame.mayWrite;
        return html`<form class="settings" novalidate @submit=${this.#submit} @change=${this.#left}>
            <fieldset ?disabled=${readOnly}>
            <section aria-labelledby="settings-title"><div class="h2row"><h2 id="settings-title">Settings</h2></div>
                <div class="form">
                    <div class="pair">${this.#field('name')}${this.#field('repository', { placeholder: 'organization/repository' })}</div>
                    ${this.#field('prompt', { area: 4 })}
                    <div class="pair">${this.#field('cron_expression', { mono: true, describedBy: 'preview' })}${this.#field('timezone', { list: 'zones' })}</div>
                    <datalist id="zones">${zones().map((zone) => html`<option value=${zone}></option>`)}</datalist>
                    ${this.#previewed()}
                </div></section>
            ${this.#now.policy ? this.#policy() : nothing}
            </fieldset>
            ${readOnly ? nothing : this.#save()}
        </form>`;
    }

    #field(name, { area, mono, list, placeholder, describedBy } = {}) {
        const wrong = this.#wrongOf(name);
        const described = [wrong ? `wrong-${name}` : '', describedBy ?? ''].filter(Boolean).join(' ') || nothing;
        const change = (event) => this.#type('spec', name, event.target.value);
        const value = this.#now.spec[name] ?? '';
        return html`<div><label for="f-${name}">${LABELS[name]}</label>${area
            ? html`<textarea id="f-${name}" name=${name} rows=${area} .value=${live(value)} @input=${change} aria-describedby=${described} aria-invalid=${wrong ? 'true' : nothing}></textarea>`
            : html`<input id="f-${name}" name=${name} class=${mono ? 'mono' : nothing} .value=${live(value)} @input=${change} autocomplete="off" spellcheck="false"
                list=${list ?? nothing} placeholder=${placeholder ?? nothing} aria-describedby=${described} aria-invalid=${wrong ? 'true' : nothing}>`}
            ${this.#wrong(name)}${hidden(value)}</div>`;
    }

    #wrongOf(name) {
        if (this.#refused?.attr === name) return this.#refused.words;
        return this.#previewRefused?.attr === name ? this.#previewRefused.words : null;
    }

    #wrong(name) {
        const text = this.#wrongOf(name);
        return text ? html`<p class="wrong" id="wrong-${name}" role="alert">${shown(text)}</p>` : nothing;
    }

    #previewed() {
        const preview = this.#preview;
        if (!preview) return html`<div class="preview" role="status" id="preview">${this.#previewRefused ? html`<p class="soft">No preview: the schedule is not valid.</p>` : nothing}</div>`;
        const zone = preview.timezone;
        const text = preview.description.endsWith(`, ${zone}`) ? `${preview.description.slice(0, -zone.length - 2)}, ${place(zone)} time` : preview.description;
        return html`<div class="preview ${this.#previewRefused || !isWhole(this.#now.spec) ? 'old' : ''}" role="status" id="preview"><p class="words">${text}</p>
            <ol class="ten" aria-label="The next ten starts">${preview.occurrences.map((each) => html`<li><b>${full(instant(each.utc), zone)}</b> ${zone === 'UTC' ? nothing : `${clock(instant(each.utc), 'UTC')} UTC`}</li>`)}</ol>
            ${preview.warnings.map((warning) => this.#warning(warning, preview))}
            ${this.#herd(preview)}</div>`;
    }

    #warning(warning, preview) {
        if (!warning.local || !['skipped_dst', 'repeated_dst'].includes(warning.code)) {
            return html`<p class="hint">${mark('missed')}<span>${warning.detail}</span></p>`;
        }
        const change = clockChange(warning.local, preview.timezone);
        const time = warning.local.slice(11, 16);
        if (!change) return html`<p class="hint">${mark('dst')}<span>${warning.detail}</span></p>`;
        const when = `${day(change.at, preview.timezone)} ${warning.local.slice(0, 4)}`;
        if (warning.code === 'repeated_dst') {
            return html`<p class="hint">${mark('dst')}<span>On ${when} the clocks go back from ${change.before} to ${change.after}. ${time} comes twice, and starts the first time only.</span></p>`;
        }
        const instead = insteadOf(preview.cron_expression, time, change);
        return html`<p class="hint">${mark('dst')}<span>On ${when} the clocks jump from ${change.before} to ${change.after}. ${time} does not exist, so this start is skipped.${instead && this.#frame.mayWrite
            ? html` <button class="linkish" type="button" @click=${() => this.#type('spec', 'cron_expression', instead.expression)}>Use ${instead.time} instead</button>` : nothing}</span></p>`;
    }

    /** How many others start in the same minute, and the busiest minute: of the next 24 hours. */
    #herd(preview) {
        const upcoming = this.#upcoming;
        if (!upcoming?.results) return nothing;
        const now = this.#frame.now();
        const due = preview.occurrences.map((each) => instant(each.utc)).filter((at) => at < now + DAY);
        const minutes = new Map();
        for (const each of upcoming.results) {
            const at = instant(each.scheduled_at);
            if ((each.automation?.id ?? each.automation) === this.#id) continue;
            minutes.set(at, (minutes.get(at) ?? 0) + 1);
        }
        const fullest = due.reduce((best, at) => ((minutes.get(at) ?? 0) > (minutes.get(best) ?? 0) ? at : best), due[0]);
        const others = minutes.get(fullest) ?? 0;
        if (!others) return nothing;
        const [busiest, most] = [...minutes].reduce((one, other) => (other[1] > one[1] ? other : one));
        const zone = preview.timezone;
        return html`<p class="hint">${mark('herd')}<span>${count(others, 'other automation starts', 'other automations start')} at ${clock(fullest, zone)}. The busiest minute of the next 24 hours is ${clock(busiest, zone)}, with ${count(most, 'start')}.</span></p>`;
    }

    #policy() {
        const field = (name, options = {}) => {
            const wrong = this.#wrongOf(name);
            return html`<input id="p-${name}" name=${name} class="${options.class ?? ''}" .value=${live(this.#now.policy[name])} inputmode=${options.text ? nothing : 'numeric'}
                placeholder=${options.placeholder ?? nothing} autocomplete="off" spellcheck="false" aria-label=${options.label ?? nothing}
                aria-describedby=${wrong ? `wrong-${name}` : nothing} aria-invalid=${wrong ? 'true' : nothing}
                @input=${(event) => this.#type('policy', name, event.target.value)}>`;
        };
        const choice = (name, options) => html`<select id="p-${name}" name=${name} .value=${live(this.#now.policy[name])}
            @change=${(event) => this.#type('policy', name, event.target.value)}>${options.map(([value, text]) => html`<option value=${value} ?selected=${value === this.#now.policy[name]}>${text}</option>`)}</select>`;
        const lines = this.#now.policy.environment.split('\n').length;
        const wrongEnvironment = this.#wrongOf('environment');
        return html`<section id="policy" aria-labelledby="policy-title"><div class="h2row"><h2 id="policy-title">Policy</h2></div>
            <div class="policy">
                <label for="p-overlap">${LABELS.overlap}</label><div>${choice('overlap', [['skip', 'Skip this start'], ['allow', 'Start all the same'], ['cancel_previous', 'Cancel the last run, then start']])}${this.#wrong('overlap')}</div>
                <label for="p-retry_attempts">${LABELS.retry_attempts}</label><div><div class="inline">${field('retry_attempts', { class: 'n' })} ${this.#now.policy.retry_attempts === '1' ? 'time' : 'times'}, after ${field('retry_delay_seconds', { class: 'n', label: LABELS.retry_delay_seconds })} min</div>${this.#wrong('retry_attempts')}${this.#wrong('retry_delay_seconds')}</div>
                <label for="p-retry_on">${LABELS.retry_on}</label><div>${choice('retry_on', [['any', 'Any failure'], ['transient', 'Only passing faults: network, lost worker, exit code 75']])}${this.#wrong('retry_on')}</div>
                <label for="p-pause_after_failures">${LABELS.pause_after_failures}</label><div><div class="inline">${field('pause_after_failures', { class: 'n' })} ${this.#now.policy.pause_after_failures === '0' ? 'failures in a row: never' : 'failures in a row'}</div>${this.#wrong('pause_after_failures')}</div>
                <label for="p-time_limit_seconds">${LABELS.time_limit_seconds}</label><div><div class="inline">${field('time_limit_seconds', { class: 'n' })} min${this.#now.policy.time_limit_seconds === '' ? ', the deployment\u2019s limit' : ''}</div>${this.#wrong('time_limit_seconds')}</div>
                <label for="p-branch">${LABELS.branch}</label><div>${field('branch', { text: true, placeholder: 'The repository\u2019s default' })}${this.#wrong('branch')}</div>
                <label for="p-environment">${LABELS.environment}</label><div><textarea id="p-environment" name="environment" class="mono short" rows=${lines} spellcheck="false" placeholder="NAME=value, one a line"
                    .value=${live(this.#now.policy.environment)} aria-describedby="environment-hint ${wrongEnvironment ? 'wrong-environment' : ''}" aria-invalid=${wrongEnvironment ? 'true' : nothing}
                    @input=${(event) => this.#type('policy', 'environment', event.target.value)}></textarea>${this.#wrong('environment')}${hidden(this.#now.policy.environment)}</div>
            </div>
            <p class="small soft" id="environment-hint">Not for secrets: whoever can read the project can read these.</p></section>`;
    }

    #conflict() {
        if (!this.#elsewhere) return nothing;
        const { theirs, open, part } = this.#elsewhere;
        return html`<div class="notice warnbox" role="alert"><span></span><span>It was changed elsewhere meanwhile.</span><span class="actions">
                <button class="button" type="button" aria-expanded=${open ? 'true' : 'false'} @click=${this.#showChange}>Show the change</button>
                <button class="button" type="button" ?disabled=${this.#busy} @click=${this.#overwrite}>Save mine over it</button></span>
            ${open ? html`<div class="theirs"><dl class="facts">${Object.keys(theirs).filter((name) => theirs[name] !== this.#was[part][name]).map((name) => html`<dt>${LABELS[name]}</dt>
                <dd><span class="said">${shown(this.#was[part][name] || 'empty')}</span> became <b class="said">${shown(theirs[name] || 'empty')}</b>${this.#now[part][name] !== this.#was[part][name] ? html`; yours is <b class="said">${shown(this.#now[part][name] || 'empty')}</b>` : nothing}</dd>`)}</dl>
                <p><button class="linkish" type="button" @click=${this.#takeTheirs}>Discard mine</button></p></div>` : nothing}</div>`;
    }

    #save() {
        const { changes } = this;
        const general = this.#refused && !Object.hasOwn(LABELS, this.#refused.attr ?? '') ? this.#refused.words : '';
        const ready = changes.length > 0 || !this.#id;
        const said = this.#busy ? 'Saving' : this.#id
            ? changes.length ? changes.map((name) => LABELS[name]).join(', ') : this.#done || 'No changes' : '';
        return html`<div class="save ${ready && this.#id ? 'held' : ''}">${this.#conflict()}<div class="actions">
            <button class="button main" type="submit" ?disabled=${!ready || this.#busy}>${this.#id ? 'Save' : 'Create'}</button>
            ${this.#id && changes.length ? html`<button class="button" type="button" @click=${this.#discard}>Discard</button>` : nothing}
            <span class="small soft" role="status">${said}</span>
            ${general ? html`<span class="wrong" role="alert">${shown(general)}</span>` : nothing}</div></div>`;
    }

    // Typing

    #type(part, name, value) {
        this.#now[part] = { ...this.#now[part], [name]: value };
        this.#done = '';
        if (this.#refused?.attr === name) this.#refused = null;
        if (name === 'cron_expression' || name === 'timezone') {
            // Half a schedule is not asked about while it is typed; the API is asked when the field is left.
            if (isWhole(this.#now.spec)) this.#ask(TYPING);
            else clearTimeout(this.#previewing);
        }
        this.#frame.redraw();
    }

    /** A field is left: what was filled in without typing counts as well. */
    #left = ({ target: { name, value } }) => {
        const part = SPEC.includes(name) ? 'spec' : 'policy';
        if (this.#now[part]?.[name] !== value) this.#type(part, name, value);
        if (['cron_expression', 'timezone'].includes(name) && value.trim() && !isWhole(this.#now.spec)) this.#ask();
    };

    #discard = () => {
        this.#now = { spec: { ...this.#was.spec }, policy: this.#was.policy && { ...this.#was.policy } };
        this.#refused = null;
        this.#elsewhere = null;
        this.#ask();
        this.#frame.redraw();
    };

    /** Asks what the schedule means, when nothing has been typed for a moment. */
    #ask(after = 0) {
        clearTimeout(this.#previewing);
        this.#previewing = setTimeout(async () => {
            this.#previewTask?.abort();
            const task = new AbortController();
            this.#previewTask = task;
            const { api } = this.#frame;
            const { cron_expression, timezone } = this.#now.spec;
            this.#upcoming ??= api.get('upcoming/', { hours: 24 }, { signal: this.#frame.signal }).catch(() => null)
                .then((upcoming) => { this.#upcoming = upcoming ?? {}; this.#frame.redraw(); });
            try {
                const { body } = await api.send('POST', 'task_automations/preview/', { cron_expression, timezone }, { signal: task.signal });
                this.#preview = body;
                this.#previewRefused = null;
            } catch (failure) {
                if (isAbort(failure)) return;
                this.#previewRefused = failure instanceof ApiError ? { attr: failure.attr, words: failure.message } : null;
            }
            this.#frame.redraw();
        }, after);
    }

    // Saving

    #submit = (event) => {
        event.preventDefault();
        if (!this.#busy && (this.isDirty || !this.#id)) this.#send();
    };

    /** @param force saves over another change */
    async #send(force = false) {
        this.#busy = true;
        this.#refused = null;
        this.#elsewhere = null;
        this.#done = '';
        this.#frame.redraw();
        let part = 'spec';
        const saved = {};
        try {
            if (!this.#id) {
                const { body, etag } = await create(this.#frame.api, 'task_automations/', this.#now.spec, { key: this.#key });
                saved.automation = { body, etag };
            } else if (this.#changed('spec').length) {
                saved.automation = await this.#patch('', part, this.#changed('spec').map((name) => [name, this.#now.spec[name]]), force);
            }
            if (saved.automation) {
                this.#id = saved.automation.body.id;
                this.#was.spec = { ...this.#now.spec };
                this.take(saved.automation);
            }
            part = 'policy';
            const policy = this.#changed(part);
            if (policy.length) {
                saved.policy = await this.#patch('policy/', part, policy.map((name) => [name, policyValue(name, this.#now.policy[name])]), force);
                this.#was.policy = { ...this.#now.policy };
                this.takePolicy(saved.policy);
            }
            this.#done = 'Saved';
        } catch (failure) {
            if (isAbort(failure)) return;
            if (failure instanceof ApiError && failure.status === 412) await this.#conflicted(part);
            else this.#refuse(failure);
        } finally {
            this.#busy = false;
            this.#frame.redraw();
        }
        if (saved.automation || saved.policy) this.#saved(saved);
    }

    #refuse(failure) {
        // Another body needs another key.
        if (failure instanceof ApiError) this.#key = onceKey();
        const attr = failure instanceof ApiError ? failure.attr?.replace(/__.*$/, '') ?? null : null;
        this.#refused = { attr, words: words(failure) };
        queueMicrotask(() => queueMicrotask(() => document.querySelector('.settings [aria-invalid="true"]')?.focus()));
    }

    #patch(path, part, fields, force) {
        const tag = force ? '*' : this.#tags[part];
        return again(() => this.#frame.api.send('PATCH', `task_automations/${encodeURIComponent(this.#id)}/${path}`, Object.fromEntries(fields),
            { headers: tag ? { 'If-Match': tag } : {} }));
    }

    async #conflicted(part) {
        const path = `task_automations/${encodeURIComponent(this.#id)}/${part === 'policy' ? 'policy/' : ''}`;
        const { body, etag } = await this.#frame.api.request('GET', path, { signal: this.#frame.signal });
        const theirs = part === 'policy' ? policyFields(body) : Object.fromEntries(SPEC.map((name) => [name, body[name]]));
        this.#elsewhere = { part, theirs, etag, body, open: false };
    }

    #showChange = () => {
        this.#elsewhere.open = !this.#elsewhere.open;
        this.#frame.redraw();
    };

    /** Saves over the change that was seen, and over no later one. */
    #overwrite = () => {
        const { part, etag, theirs } = this.#elsewhere;
        this.#tags[part] = etag;
        this.#rebase(part, theirs);
        this.#send();
    };

    #takeTheirs = () => {
        const { part, etag, theirs, body } = this.#elsewhere;
        this.#tags[part] = etag;
        this.#was[part] = theirs;
        this.#now[part] = { ...theirs };
        this.#elsewhere = null;
        this.#saved(part === 'policy' ? { policy: { body, etag } } : { automation: { body, etag } });
        this.#ask();
        this.#frame.redraw();
    };
}
