// One run: the outcome and why it exists, the error, the result, then the whole log.
import { ApiError, isAbort } from './api.js';
import { create, again, runNow, runNowWords, words } from './actions.js';
import { html, mark, nothing, safeLink } from './dom.js';
import { isEnded, RunLog } from './runlog.js';
// Named here too, so that the browser asks for them at the same time as for this.
import './log.js';
import './loglines.js';
import './logstore.js';
import { pullRequest } from './pullrequest.js';
import { plain, shown } from './text.js';
import { clock, duration, exactDuration, instant, long, longDate, MINUTE, place, sameZone, spoken } from './time.js';
import { kindOf, size, startedBy } from './words.js';

const PAUSE = 2_000; // between two looks at a run that goes on
const SUMMARIES = ['summary', 'message', 'result'];

export function view(frame, route) {
    return new RunView(frame, route);
}

class RunView {
    #frame;
    #path;
    #run = null;
    #automation = null;
    #task = null;
    #policy = null;
    #listed = null; // the run as the list of the project's runs has it
    #occurrence = null;
    #before = null; // the attempt before this one
    #failure = null;
    #log;
    #notice = null;
    #asks = false;
    #busy = false;
    #asJson = false;
    #lastError = null;
    #errorsSeen = 0;
    #timer = 0;

    constructor(frame, route) {
        this.#frame = frame;
        const [task, run] = route.parts.map(encodeURIComponent);
        this.#path = `tasks/${task}/runs/${run}/`;
        this.#log = new RunLog(frame, ...route.parts, route);
        this.#load();
    }

    get title() {
        if (!this.#run) return 'Run';
        return `${this.#name()}, ${OUTCOME[this.#run.status]?.word ?? this.#run.status} ${longDate(this.#created(), this.#frame.zone)} ${clock(this.#created(), this.#frame.zone)}`;
    }

    route(route) {
        this.#log.route(route);
    }

    key(event) {
        if (event.key === 'Escape' && (this.#asks || this.#notice)) {
            this.#asks = false;
            this.#say(null);
            return true;
        }
        return this.#log.key(event);
    }

    close() {
        clearTimeout(this.#timer);
        this.#log.close();
    }

    drawn() {
        this.#log.drawn();
        const { errors } = this.#log;
        if (errors !== this.#errorsSeen) {
            this.#errorsSeen = errors;
            this.#log.lastError().then((line) => {
                this.#lastError = line;
                this.#frame.redraw();
            });
        }
    }

    // Reading

    async #load() {
        const { api, signal } = this.#frame;
        try {
            this.#run = await api.get(this.#path, {}, { signal });
        } catch (failure) {
            if (isAbort(failure)) return;
            this.#failure = failure;
            this.#frame.redraw();
            return;
        }
        this.#failure = null;
        this.#log.update(this.#run);
        this.#frame.redraw();
        this.#watch();
        const id = this.#run.state?.automation_id;
        const due = dueOf(this.#run);
        const read = (path, query) => api.get(path, query, { signal }).catch(() => null);
        const from = new Date((Number.isNaN(due) ? this.#created() : due) - MINUTE).toISOString();
        const to = new Date(this.#created() + MINUTE).toISOString();
        const runs = read('task_runs/', { automation: id, from, to, limit: 100 });
        const about = id ? [
            read(`task_automations/${encodeURIComponent(id)}/`),
            read(`task_automations/${encodeURIComponent(id)}/policy/`),
            Number.isNaN(due) ? null : read('occurrences/', {
                automation: id, from: new Date(due).toISOString(), to: new Date(due + MINUTE).toISOString(),
            }),
        ] : [];
        const [automation, policy, occurrences] = await Promise.all(about);
        this.#automation = automation ?? null;
        this.#policy = policy ?? null;
        this.#occurrence = occurrences?.results?.find((each) => instant(each.scheduled_at) === due) ?? null;
        if (!automation) this.#task = await read(`tasks/${encodeURIComponent(this.#run.task)}/`);
        const listed = (await runs)?.results ?? [];
        this.#listed = listed.find((each) => each.id === this.#run.id) ?? null;
        this.#before = listed.find((each) => instant(each.created_at) < this.#created()
            && (each.attempt ?? 1) === this.#attempt() - 1 && this.#attempt() > 1) ?? null;
        this.#frame.redraw();
    }

    #watch() {
        clearTimeout(this.#timer);
        if (isEnded(this.#run)) return;
        this.#timer = setTimeout(async () => {
            try {
                this.#take(await this.#frame.api.get(this.#path, {}, { signal: this.#frame.signal }));
            } catch (failure) {
                if (isAbort(failure)) return;
            }
            this.#watch();
        }, PAUSE);
    }

    #take(run) {
        this.#run = run;
        this.#log.update(run);
        this.#frame.redraw();
    }

    // What it is

    #created() {
        return instant(this.#run.created_at);
    }

    #name() {
        return this.#automation?.name ?? this.#listed?.automation?.name ?? this.#task?.title ?? 'Run';
    }

    #attempt() {
        return Number(this.#run.state?.attempt ?? this.#listed?.attempt ?? 1) || 1;
    }

    #took() {
        return (instant(this.#run.completed_at) - this.#created()) / 1000;
    }

    // Drawing

    draw() {
        if (this.#failure) return this.#broken();
        const run = this.#run;
        if (!run) return html`<div class="page"><p class="crumbs">&nbsp;</p><div class="title"><h1>&nbsp;</h1></div></div>`;
        const { address } = this.#frame;
        const automation = this.#automation;
        return html`<div class="page">
            <p class="crumbs"><a href=${address('automations')}>Automations</a> / ${automation
                ? html`<a href=${address('automations', [automation.id])}>${shown(automation.name)}</a>` : shown(this.#name())} / ${this.#moment()}</p>
            <div class="title"><h1>${mark(kindOf(run.status))}${this.#outcome()}</h1>${this.#actions()}</div>
            <p class="state">${this.#why()}</p>
            ${this.#asking()}
            ${this.#noticed()}
            ${this.#error()}
            <div class="result">${this.#result()}${this.#output()}${this.#artifacts()}</div>
            ${this.#log.draw()}
        </div>`;
    }

    #broken() {
        const gone = this.#failure instanceof ApiError && this.#failure.status === 404;
        return html`<div class="page"><h1>${gone ? 'There is no such run' : 'This run could not be read'}</h1>
            <p class="soft">${gone ? 'It may belong to another project.' : words(this.#failure)}</p>
            <p class="actions"><button class="button" type="button" @click=${() => this.#load()}>Try again</button></p></div>`;
    }

    #moment() {
        const at = Number.isNaN(dueOf(this.#run)) ? this.#created() : dueOf(this.#run);
        return `${longDate(at, this.#frame.zone)} ${clock(at, this.#frame.zone)}`;
    }

    #outcome() {
        const { status } = this.#run;
        const frame = this.#frame;
        if (isEnded(this.#run)) return `${OUTCOME[status].title} after ${exactDuration(this.#took())}`;
        const since = (frame.now() - this.#created()) / 1000;
        return status === 'in_progress'
            ? `Running for ${exactDuration(since)}`
            : `Queued since ${spoken(this.#created(), frame.now(), frame.zone)}`;
    }

    #why() {
        const run = this.#run;
        const { zone } = this.#frame;
        const now = this.#frame.now();
        const due = dueOf(run);
        const repository = this.#automation?.repository ?? this.#task?.repository;
        const where = repository ? html` ${run.branch ? html`On branch <span class="mono">${shown(run.branch)}</span> of ` : 'On the default branch of '}${shown(repository)}.` : nothing;
        if (Number.isNaN(due)) {
            const by = this.#listed?.started_by;
            return html`Started ${by ? shown(startedBy(by)) : 'by hand'}, ${spoken(this.#created(), now, zone)}.${where}`;
        }
        const theirs = this.#automation?.timezone ?? 'UTC';
        const words = `start due ${long(due, theirs)}, ${place(theirs)} time`;
        const late = this.#occurrence?.late_seconds;
        return html`Started for the ${this.#automation
            ? html`<a href=${this.#frame.address('automations', [this.#automation.id])}>${words}</a>` : words}${sameZone(due, theirs, 'UTC')
            ? nothing : ` (${clock(due, 'UTC')} UTC)`}${typeof late === 'number' ? `, ${duration(late)} late` : nothing}.${this.#attempts()}${where}`;
    }

    #attempts() {
        const attempt = this.#attempt();
        const most = this.#policy ? Math.max(attempt, 1 + this.#policy.retry_attempts) : null;
        if (attempt === 1 && (most ?? 1) === 1) return nothing;
        const before = this.#before;
        return html` <b>Attempt ${attempt}${most ? ` of ${most}` : nothing}</b>${before
            ? html`; <a href=${this.#frame.address('runs', [before.task, before.id])}>attempt ${attempt - 1}</a> ${OUTCOME[before.status]?.word ?? before.status}${before.completed_at
                ? ` at ${clock(instant(before.completed_at), this.#frame.zone)}` : ''}` : nothing}.`;
    }

    #actions() {
        const { mayWrite, address } = this.#frame;
        const ended = isEnded(this.#run);
        return html`<div class="actions">
            ${mayWrite && ended ? html`<button class="button main" type="button" ?disabled=${this.#busy} @click=${this.#again}>Run again</button>` : nothing}
            ${mayWrite && !ended ? html`<button class="button danger" type="button" ?disabled=${this.#busy} aria-expanded=${this.#asks ? 'true' : 'false'} @click=${() => this.#ask(true)}>Cancel</button>` : nothing}
            ${this.#automation ? html`<a class="button" href=${address('automations', [this.#automation.id])}>Open the automation</a>` : nothing}
        </div>`;
    }

    #asking() {
        if (!this.#asks || isEnded(this.#run)) return nothing;
        return html`<div class="notice warnbox"><span></span><span>Stop this run? What it has written stays.</span><span class="actions">
            <button class="button danger" type="button" id="stop" ?disabled=${this.#busy} @click=${this.#cancel}>Stop it</button>
            <button class="button" type="button" @click=${() => this.#ask(false)}>Keep it running</button></span></div>`;
    }

    #noticed() {
        return html`<div role="status">${this.#notice
            ? html`<div class="notice ${this.#notice.bad ? 'bad' : ''}"><span></span><span>${this.#notice.words}</span></div>` : nothing}</div>`;
    }

    #error() {
        const run = this.#run;
        if (!run.error_message) return nothing;
        const bad = run.status === 'failed';
        return html`<div class="notice ${bad ? 'bad' : ''}">${mark(kindOf(run.status))}<span class="said"><b>${shown(run.error_message)}</b></span>${this.#lastError
            ? html`<a href=${this.#frame.here({ line: this.#lastError, show: '' })}>Line ${this.#lastError} of the log</a>` : nothing}</div>`;
    }

    #result() {
        const { output } = this.#run;
        const fields = isObject(output) ? output : {};
        const link = safeLink(fields.pr_url);
        const summary = SUMMARIES.map((name) => fields[name]).find((value) => typeof value === 'string' && value.trim());
        const none = output === null || output === undefined;
        return html`<section aria-labelledby="result-title"><div class="h2row"><h2 id="result-title">Result</h2></div>
            ${link ? html`<p class="big"><a href=${link} rel="noopener noreferrer" target="_blank">${shown(pullRequest(link))}</a></p>` : nothing}
            ${summary ? html`<p class="soft said">${shown(summary)}</p>` : nothing}
            ${link || summary ? nothing : html`<p class="soft">${none
                ? isEnded(this.#run) ? 'It left no output.' : 'None yet: the run is still going.'
                : 'No pull request. Its output is beside this.'}</p>`}</section>`;
    }

    #output() {
        const { output } = this.#run;
        const none = output === null || output === undefined;
        const asJson = this.#asJson || !isObject(output);
        const fields = isObject(output) ? Object.entries(output).filter(([name]) => !SUMMARIES.includes(name)) : [];
        return html`<section aria-labelledby="output-title"><div class="h2row"><h2 id="output-title">Output</h2>${isObject(output)
                ? html`<button class="linkish small" type="button" @click=${() => this.#turnJson()}>${this.#asJson ? 'As a list' : 'As JSON'}</button>` : nothing}</div>
            ${none ? html`<p class="soft">None</p>` : asJson
                ? html`<pre class="json" tabindex="0" role="region" aria-labelledby="output-title">${shown(JSON.stringify(output, null, 2))}</pre>`
                : html`<dl class="facts">${fields.map(([name, value]) => html`<dt>${shown(name)}</dt><dd class="clip" title=${plain(text(value))}>${shown(text(value))}</dd>`)}</dl>`}</section>`;
    }

    #artifacts() {
        const { artifacts } = this.#run;
        return html`<section aria-labelledby="artifacts-title"><div class="h2row"><h2 id="artifacts-title">Artifacts</h2></div>
            ${artifacts.length ? html`<table aria-labelledby="artifacts-title"><tbody>${artifacts.map((each) => html`<tr>
                <td class="wrap"><button class="linkish said" type="button" @click=${() => this.#openArtifact(each)}>${shown(each.name)}</button></td>
                <td class="num soft">${size(each.size)}</td></tr>`)}</tbody></table>` : html`<p class="soft">None</p>`}</section>`;
    }

    // Changing

    #turnJson() {
        this.#asJson = !this.#asJson;
        this.#frame.redraw();
    }

    #say(text, bad = false) {
        this.#notice = text ? { words: text, bad } : null;
        this.#frame.redraw();
    }

    #ask(asks) {
        this.#asks = asks;
        this.#say(null);
        if (asks) queueMicrotask(() => document.getElementById('stop')?.focus());
    }

    async #busily(task) {
        this.#busy = true;
        this.#frame.redraw();
        try {
            await task();
        } catch (failure) {
            if (!isAbort(failure)) this.#say(words(failure), true);
        } finally {
            this.#busy = false;
            this.#frame.redraw();
        }
    }

    #cancel = () => this.#busily(async () => {
        const { body } = await again(() => this.#frame.api.send('POST', this.#path + 'cancel/'));
        this.#asks = false;
        this.#say('Cancelling; the worker notices within ten seconds');
        this.#take(body);
    });

    #again = () => this.#busily(async () => {
        const { api, address, zone } = this.#frame;
        if (this.#automation) {
            const outcome = await runNow(this.#frame, this.#automation.id);
            this.#say(runNowWords(this.#frame, outcome, (at) => clock(at, zone)), !outcome.run);
            return;
        }
        const { body } = await create(api, `tasks/${encodeURIComponent(this.#run.task)}/run/`, this.#run.branch ? { branch: this.#run.branch } : {});
        this.#say(html`Started by hand. <a href=${address('runs', [body.id, body.latest_run.id])}>Open the run</a>`);
    });

    async #openArtifact(artifact) {
        // Opened at once, while the browser still knows of the click.
        const tab = window.open('', '_blank');
        if (tab) tab.opener = null;
        try {
            const { body } = await this.#frame.api.send('POST', this.#path + 'artifacts/presign/', { storage_path: artifact.storage_path });
            if (tab) tab.location.replace(body.url);
            else this.#say(html`${shown(artifact.name)} is ready. <a href=${body.url} rel="noopener noreferrer" target="_blank">Open it</a>`);
        } catch (failure) {
            tab?.close();
            this.#say(words(failure), true);
        }
    }
}

const OUTCOME = {
    completed: { title: 'Succeeded', word: 'succeeded' },
    failed: { title: 'Failed', word: 'failed' },
    cancelled: { title: 'Cancelled', word: 'cancelled' },
    in_progress: { title: 'Running', word: 'running' },
    queued: { title: 'Queued', word: 'queued' },
    not_started: { title: 'Queued', word: 'queued' },
};

/** The minute for which a run was started; NaN if it was started by hand. */
export function dueOf(run) {
    const found = /-(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)$/.exec(run.state?.automation_trigger_workflow_id ?? '');
    return found ? Date.UTC(+found[1], found[2] - 1, +found[3], +found[4], +found[5]) : NaN;
}

function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value) {
    return typeof value === 'string' ? value : JSON.stringify(value);
}
