// Channels: where messages go, how the last one fared, and a test of each.
import { isAbort } from './api.js';
import { html, mark, nothing, repeat } from './dom.js';
import { plain, shown } from './text.js';
import * as Time from './time.js';

const EVENTS = [
    ['run_failed', 'A run failed'],
    ['run_completed', 'A run succeeded'],
    ['occurrence_missed', 'A start was missed'],
    ['automation_paused', 'An automation paused itself'],
    ['automation_recovered', 'An automation succeeds again'],
    ['schedule_refused', 'A schedule was refused'],
];
const LIST = 'notification_channels/';

export function view(frame) {
    return new Channels(frame);
}

class Channels {
    constructor(frame) {
        this.frame = frame;
        this.title = 'Channels';
        this.channels = null;
        this.failure = null;
        this.said = null; // what the last action did: {id, kind, words}
        this.busy = null;
        this.deleting = null;
        this.editing = null; // the id of the channel in the form; 'new' for one more
        this.wrong = null;
        this.secret = null;
        this.read();
    }

    async read() {
        const { frame } = this;
        try {
            this.channels = (await frame.api.all(LIST, {}, { signal: frame.signal, limit: 100 })).results;
            this.failure = null;
        } catch (failure) {
            if (isAbort(failure)) return;
            this.failure = failure;
        }
        frame.redraw();
    }

    /** One change at a time; what it did is said beside the channel. */
    async act(id, words, change) {
        this.busy = id;
        this.said = null;
        this.frame.redraw();
        try {
            this.said = { id, kind: 'ok', words: await change() ?? words };
        } catch (failure) {
            if (isAbort(failure)) return;
            this.said = { id, kind: 'fail', words: plain(failure.message) };
        }
        this.busy = null;
        this.frame.redraw();
    }

    test(channel) {
        return this.act(channel.id, '', async () => {
            const { body } = await this.frame.api.send('POST', `${LIST}${channel.id}/test/`);
            this.replace(body);
            if (body.last_delivery?.status === 'failed') throw new Error(body.last_delivery.error ?? 'The test was not delivered.');
            return 'The test was delivered.';
        });
    }

    enable(channel, enabled) {
        return this.act(channel.id, enabled ? 'Resumed.' : 'Paused.', async () => {
            this.replace((await this.frame.api.send('PATCH', `${LIST}${channel.id}/`, { enabled })).body);
        });
    }

    remove(channel) {
        return this.act(channel.id, '', async () => {
            await this.frame.api.send('DELETE', `${LIST}${channel.id}/`);
            this.channels = this.channels.filter(({ id }) => id !== channel.id);
            this.deleting = null;
        });
    }

    replace(changed) {
        this.channels = this.channels.map((each) => (each.id === changed.id ? changed : each));
    }

    edit(id) {
        this.editing = id;
        this.wrong = null;
        this.said = null;
        this.frame.redraw();
    }

    async save(event, channel) {
        event.preventDefault();
        const form = new FormData(event.target);
        const body = {
            name: form.get('name'),
            events: form.getAll('events'),
            after_failures: Number(form.get('after_failures')),
        };
        if (!channel) body.kind = form.get('kind');
        if (!channel || form.get('url').trim()) body.url = form.get('url');
        this.busy = 'form';
        this.wrong = null;
        this.frame.redraw();
        try {
            const { body: saved } = channel
                ? await this.frame.api.send('PATCH', `${LIST}${channel.id}/`, body)
                : await this.frame.api.send('POST', LIST, body, { headers: { 'Idempotency-Key': this.attempt ??= crypto.randomUUID() } });
            this.attempt = null;
            if (channel) this.replace(saved);
            else this.channels = [...this.channels, saved];
            this.secret = saved.secret ? { id: saved.id, text: saved.secret } : null;
            this.editing = null;
            this.said = { id: saved.id, kind: 'ok', words: channel ? 'Saved.' : 'Added.' };
        } catch (failure) {
            if (isAbort(failure)) return;
            this.attempt = null;
            this.wrong = { attr: failure.attr?.split('__')[0] ?? null, words: plain(failure.message) };
        }
        this.busy = null;
        this.frame.redraw();
    }

    draw() {
        const { frame, channels } = this;
        return html`<div class="page">
            <div class="title"><h1>Channels</h1><div class="actions">${frame.mayWrite && channels && this.editing !== 'new'
                ? html`<button class="button" type="button" @click=${() => this.edit('new')}>Add a channel</button>` : nothing}</div></div>
            <p class="state">A channel sends a message when a streak of failures begins, and one when it ends. Misses found together are one message.</p>
            ${this.failure ? html`<div class="notice bad">${mark('fail')}<span>The channels could not be read: ${shown(this.failure.message)}</span>
                <button class="button" type="button" @click=${() => this.read()}>Try again</button></div>` : nothing}
            ${this.editing === 'new' ? this.form(null) : nothing}
            ${channels?.length === 0 && this.editing !== 'new' ? html`<p class="empty">There are no channels, so nobody is told when a night goes wrong.</p>` : nothing}
            ${channels ? repeat(channels, ({ id }) => id, (channel) => this.channel(channel)) : nothing}
        </div>`;
    }

    channel(channel) {
        const { frame } = this;
        const { last_delivery: last } = channel;
        const now = frame.now();
        const said = this.said?.id === channel.id ? this.said : null;
        const busy = this.busy === channel.id;
        return html`<section class="channel" aria-label=${plain(channel.name)}>
            <div class="title"><h2>${shown(channel.name)}</h2>${frame.mayWrite ? html`<div class="actions">
                <button class="button" type="button" ?disabled=${busy} @click=${() => this.test(channel)}>Send a test</button>
                <button class="button" type="button" ?disabled=${busy} @click=${() => this.enable(channel, !channel.enabled)}>${channel.enabled ? 'Pause' : 'Resume'}</button>
                <button class="button" type="button" @click=${() => this.edit(channel.id)}>Change</button>
                <button class="button danger" type="button" @click=${() => { this.deleting = channel.id; frame.redraw(); }}>Delete...</button></div>` : nothing}</div>
            <dl class="facts">
                <dt>Sends to</dt><dd>${shown(channel.host)} <span class="soft">(${channel.kind === 'slack' ? 'Slack' : 'webhook'})</span>${channel.enabled ? nothing : html`<span class="soft">, paused</span>`}</dd>
                <dt>When</dt><dd>${EVENTS.filter(([event]) => channel.events.includes(event)).map(([, words]) => words).join('; ') || 'never'}${channel.after_failures > 1
                    ? html`<span class="soft"> (after ${channel.after_failures} failures in a row)</span>` : nothing}</dd>
                <dt>About</dt><dd>${channel.automations === null ? 'all automations' : `${channel.automations.length} chosen automations`}</dd>
                <dt>Last delivery</dt><dd>${last ? html`${mark(last.status === 'failed' ? 'fail' : 'ok')} ${last.status === 'failed' ? 'failed' : 'delivered'}
                    ${Time.spoken(Time.instant(last.at), now, frame.zone)}${last.error ? html`: ${shown(last.error)}` : nothing}` : 'none yet'}</dd>
            </dl>
            ${said ? html`<div class="notice ${said.kind === 'fail' ? 'bad' : ''}" role="status">${mark(said.kind)}<span>${said.words}</span></div>` : nothing}
            ${this.secret?.id === channel.id ? html`<div class="notice">${mark('ok')}<span>The secret of its signatures, shown this once: <code>${this.secret.text}</code></span></div>` : nothing}
            ${this.deleting === channel.id ? html`<div class="notice warnbox" role="group" aria-label="Delete">${mark('missed')}<span>Delete ${shown(channel.name)} for good?</span>
                <span class="actions"><button class="button danger" type="button" @click=${() => this.remove(channel)}>Delete</button>
                <button class="button" type="button" @click=${() => { this.deleting = null; frame.redraw(); }}>Keep it</button></span></div>` : nothing}
            ${this.editing === channel.id ? this.form(channel) : nothing}
        </section>`;
    }

    form(channel) {
        const wrong = (field) => (this.wrong?.attr === field
            ? html`<p class="wrong" role="alert" id="wrong-${field}">${this.wrong.words}</p>` : nothing);
        const invalid = (field) => (this.wrong?.attr === field ? 'true' : nothing);
        const events = channel?.events ?? EVENTS.map(([event]) => event).filter((event) => event !== 'run_completed');
        return html`<form class="form channelform" aria-label=${channel ? 'Change the channel' : 'Add a channel'} @submit=${(event) => this.save(event, channel)}>
            <div><label for="c-name">Name</label><input id="c-name" name="name" maxlength="255" required value=${channel?.name ?? ''} aria-invalid=${invalid('name')}>${wrong('name')}</div>
            ${channel ? nothing : html`<div><label for="c-kind">Kind</label><select id="c-kind" name="kind"><option value="webhook">Webhook</option><option value="slack">Slack</option></select>${wrong('kind')}</div>`}
            <div><label for="c-url">URL${channel ? ', if it is to change' : ''}</label><input id="c-url" name="url" type="text" inputmode="url" autocomplete="off" placeholder="https://" ?required=${!channel} aria-invalid=${invalid('url')}>${wrong('url')}</div>
            <fieldset><legend>Send a message when</legend>${EVENTS.map(([event, words]) => html`<label class="check"><input type="checkbox"
                name="events" value=${event} ?checked=${events.includes(event)}> ${words}</label>`)}${wrong('events')}</fieldset>
            <div class="inline"><label for="c-after">A failure counts after</label><input class="n" id="c-after" name="after_failures" type="number" min="1" max="100"
                value=${channel?.after_failures ?? 1}> <span>in a row</span></div>${wrong('after_failures')}
            ${this.wrong && !this.wrong.attr ? html`<p class="wrong" role="alert">${this.wrong.words}</p>` : nothing}
            <div class="actions"><button class="button main" type="submit" ?disabled=${this.busy === 'form'}>Save</button>
                <button class="button" type="button" @click=${() => this.edit(null)}>Discard</button></div>
        </form>`;
    }

    key(event) {
        if (event.key !== 'Escape' || !(this.editing || this.deleting || this.said)) return false;
        this.deleting = null;
        this.edit(null);
        return true;
    }
}
