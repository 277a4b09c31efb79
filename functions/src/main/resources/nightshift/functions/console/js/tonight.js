// Tonight: what needs somebody, what the last 24 hours were, and what the next 24 will be.
import { isAbort } from './api.js';
import { html, mark, nothing, repeat, svgElement } from './dom.js';
import { Marker, readingOf } from './marker.js';
import * as Night from './night.js';
import { nightData } from './nightdata.js';
import * as Strip from './strip.js';
import { plain, shown } from './text.js';
import * as Time from './time.js';
import { KINDS, count, number, word } from './words.js';
import { Windowed } from './windowed.js';

const NARROW = 500; // px of a strip: below, no "+1" and fewer labels
const LOADING = 400; // ms until the page says that it reads

export function view(frame) {
    return new Tonight(frame);
}

class Tonight {
    constructor(frame) {
        this.frame = frame;
        this.title = 'Tonight';
        this.now = frame.now();
        this.rows = null;
        this.failure = null;
        this.items = [];
        this.order = null;
        this.strips = new Map();
        this.width = 0;
        this.chosen = null;
        this.list = new Windowed((item) => (item.group ? 'group' : item.row.attention !== null ? 'needs' : 'row'),
            { group: 32, needs: 46, row: 26 }, () => this.frame.redraw());
        this.marker = new Marker(this);
        this.data = nightData(frame, (lists, failure) => this.read(lists, failure));
        this.slow = setTimeout(() => { this.late = true; frame.redraw(); }, LOADING);
        this.clock = setInterval(() => this.tick(), 1_000);
        this.sizes = new ResizeObserver(() => this.resized());
    }

    close() {
        clearTimeout(this.slow);
        clearInterval(this.clock);
        this.sizes.disconnect();
        this.list.close();
        this.data.close();
    }

    route() {
        this.strips.clear();
        this.arrange(true);
    }

    read(lists, failure) {
        if (failure && isAbort(failure)) return;
        this.failure = failure;
        if (lists) {
            this.lists = lists;
            this.refresh();
        }
        this.frame.redraw();
    }

    /** Once a minute the window moves by a minute. */
    tick() {
        const now = this.frame.now();
        if (Math.floor(now / Time.MINUTE) === Math.floor(this.now / Time.MINUTE)) return;
        if (this.lists) this.refresh();
        else this.now = now;
        this.frame.redraw();
    }

    refresh() {
        this.now = this.frame.now();
        this.rows = Night.nightOf(this.lists, this.now);
        this.strips.clear();
        this.arrange(false);
    }

    get window() {
        return { from: this.now - Time.DAY, to: this.now + Time.DAY, now: this.now };
    }

    get narrow() {
        return this.width < NARROW;
    }

    /** Puts the rows in order. The order stays while the pointer or the focus is in the table. */
    arrange(anew) {
        if (!this.rows) return;
        const show = this.frame.route?.query.get('show');
        const rows = show ? this.rows.filter((row) => Night.belongs(row, show)) : this.rows;
        const sorted = Night.ordered(rows);
        const table = document.querySelector('.night');
        this.held = !anew && this.order !== null && table !== null
            && (table.matches(':hover') || table.contains(document.activeElement));
        if (this.held) {
            const places = new Map(this.order.map((entry, index) => [entry.row.state.id, { index, group: entry.group }]));
            for (const entry of sorted) entry.group = places.get(entry.row.state.id)?.group ?? entry.group;
            sorted.sort((one, other) => one.group - other.group
                || (places.get(one.row.state.id)?.index ?? Infinity) - (places.get(other.row.state.id)?.index ?? Infinity) || 0);
        }
        this.order = sorted;
        this.items = [];
        let title = null;
        for (const { row, group } of sorted) {
            if (Night.GROUPS[group] !== title) {
                title = Night.GROUPS[group];
                this.items.push({ group: title });
            }
            this.items.push({ row });
        }
        this.list.of(this.items);
        this.marker.moved();
    }

    released() {
        if (!this.held) return;
        this.arrange(true);
        this.frame.redraw();
    }

    resized() {
        const width = document.querySelector('.row.head .strip')?.clientWidth ?? 0;
        if (!width || width === this.width) return;
        this.width = width;
        this.strips.clear();
        this.list.forget();
        this.frame.redraw();
    }

    draw() {
        const { zone } = this.frame;
        return html`
            <section class="lead" aria-labelledby="when">
                <h1 class="when" id="when">Tonight. ${Time.day(this.now, zone)}, ${Time.clock(this.now, zone)} in ${Time.place(zone)}</h1>
                ${this.drawSentences()}
            </section>
            ${this.rows && !this.rows.length ? this.drawNone() : [this.drawTally(), this.drawTable()]}
            ${this.drawReading()}`;
    }

    drawn() {
        const head = document.querySelector('.row.head .strip');
        if (head && head !== this.observed) {
            if (this.observed) this.sizes.unobserve(this.observed);
            this.observed = head;
            this.sizes.observe(head);
        }
        this.resized();
        this.list.drawn(document.querySelector('.night'));
        this.marker.drawn();
    }

    drawSentences() {
        if (this.failure) {
            const since = this.data.readAt ? ` The page is as of ${Time.clock(this.data.readAt, this.frame.zone)}.` : '';
            return html`<ul class="sentences"><li>${mark('fail')}<span>The night could not be read: ${shown(this.failure.message)}${since}
                <button class="linkish" type="button" @click=${() => this.data.again()}>Try again</button></span></li></ul>`;
        }
        if (!this.rows) return html`<p class="soft" role="status">${this.late ? 'Reading the last 24 hours' : nothing}</p>`;
        if (!this.rows.length) return nothing;
        const lines = Night.sentences(this.rows, this.window.from);
        if (!lines.length) return html`<ul class="sentences"><li>${mark('ok')}<span>${this.calm()}</span></li></ul>`;
        return html`<ul class="sentences">${lines.map((line) => html`<li>${mark(line[0].kind)}<span>${line.map((sentence, index) =>
            html`${index ? ' ' : ''}${this.drawSentence(sentence)}`)}</span></li>`)}</ul>`;
    }

    /** "2 automations failed since 02:10: A and B." */
    drawSentence({ head, show, since, one, rows }) {
        const { frame } = this;
        const time = since === null ? '' : ` ${one ? 'at' : 'since'} ${Time.near(since, this.now, frame.zone)}`;
        const names = rows.slice(0, 2).map((row) => html`<a href=${this.subject(row)}>${shown(row.state.name)}</a>`);
        const more = rows.length - names.length;
        const and = more > 0 ? `, and ${number(more)} more` : '';
        return html`<a href=${frame.here({ show })}>${head}</a>${time}: ${names[0]}${names[1]
            ? html`${more > 0 ? ', ' : ' and '}${names[1]}` : nothing}${and}.`;
    }

    calm() {
        const { frame, window, now } = this;
        const runs = this.rows.flatMap((row) => row.facts).filter(({ kind, at }) => at <= now && kind === 'ok').length;
        const next = this.rows.filter((row) => row.next > now).sort((one, other) => one.next - other.next)[0];
        return html`Nothing needs you. ${count(runs, 'run')} since ${Time.spoken(window.from, now, frame.zone)}.
            ${next ? html`Next: <a href=${frame.address('automations', [next.state.id])}>${shown(next.state.name)}</a>
                at ${Time.near(next.next, now, frame.zone)}.` : 'No start is to come.'}`;
    }

    /** Where a name in a sentence leads: to the run, or to the automation. */
    subject(row) {
        const fact = row.failed;
        return fact?.run && fact.task
            ? this.frame.address('runs', [fact.task, fact.run])
            : this.frame.address('automations', [row.state.id]);
    }

    drawNone() {
        const { frame } = this;
        return html`<div class="page empty"><p>There are no automations yet.
            ${frame.mayWrite ? html`<a href=${frame.address('automations', ['new'])}>Create the first automation</a>. The same with curl:` : nothing}</p>
            <pre><code>curl -X POST ${String(frame.api.url('task_automations/'))} \\
  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{"name": "Bump dependencies", "prompt": "Update direct dependencies.",
       "repository": "acme/shop", "cron_expression": "10 2 * * *", "timezone": "Europe/Berlin"}'</code></pre></div>`;
    }

    drawTally() {
        const { frame } = this;
        const show = frame.route.query.get('show');
        const own = Time.viewerZone();
        const elsewhere = frame.zone === own ? (own === 'UTC' ? null : 'UTC') : null;
        return html`<div class="tally">
            <div class="counts" role="group" aria-label="Show only">${(this.rows ? Night.tally(this.rows) : []).map((each) => html`<button type="button"
                aria-pressed=${show === each.kind ? 'true' : 'false'} @click=${() => frame.query({ show: show === each.kind ? null : each.kind })}>${mark(each.kind)}<span><b>${number(each.count)}</b> ${each.word}</span></button>`)}</div>
            <div class="rest"><span>24 hours back, ${this.lists?.truncated ? `the next ${number(this.lists.upcoming.length)} starts` : '24'} ahead</span><a href=${frame.here({ zone: elsewhere })}
                title=${elsewhere ? 'Show UTC' : `Show ${Time.place(own)} time`}>${Time.place(frame.zone)} time</a></div>
            <details class="marks"><summary>All marks</summary><ul>${KINDS.map(({ kind, legend }) =>
                html`<li>${mark(kind)}<span>${legend}</span></li>`)}</ul></details>
        </div>`;
    }

    drawTable() {
        const { first, last } = this.list.range();
        const seen = this.items.slice(first, last);
        return html`<div class="night" role="table" aria-label="Automations, attention first, then by next start"
            aria-rowcount=${this.items.length + 1} @keydown=${(event) => this.marker.key(event)} @focusin=${(event) => this.marker.focused(event)}
            @focusout=${() => setTimeout(() => this.released())} @pointerleave=${() => this.released()}>
            <div class="row head" role="row" aria-rowindex="1"><span role="columnheader">Automation</span><span class="num"
                role="columnheader">Last</span><span class="num" role="columnheader">Next</span><span class="there"
                role="columnheader">In its zone</span><div role="columnheader">${this.headStrip()}</div></div>
            <div class="gap before" role="presentation"></div>
            ${this.rows ? repeat(seen, (item) => item.group ?? item.row.state.id, (item, index) => item.group
                ? html`<div role="row" class="group" data-at=${first + index} aria-rowindex=${first + index + 2}><span role="rowheader">${item.group}</span></div>`
                : this.drawRow(item.row, first + index)) : this.drawBlank()}
            <div class="gap after" role="presentation"></div>
            ${this.rows && !this.items.length ? html`<p class="empty" role="row"><span role="cell">No automation has such a mark.
                <a href=${this.frame.here({ show: null })}>Show all</a></span></p>` : nothing}
        </div>`;
    }

    drawBlank() {
        return Array.from({ length: 12 }, () => html`<div class="row blank" role="row"><span role="cell"></span></div>`);
    }

    drawRow(row, index) {
        const { frame, now } = this;
        const { state } = row;
        const { zone } = frame;
        const why = row.attention === null ? '' : plain(Night.reason(row, zone));
        const other = !Number.isNaN(row.next) && !Time.sameZone(row.next, state.timezone, zone);
        return html`<div class=${row.attention === null ? 'row' : 'row needs'} role="row" data-at=${index} aria-rowindex=${index + 2}>
            <span class="name" role="rowheader"><a href=${frame.address('automations', [state.id])}
                tabindex=${this.marker.isStop(index) ? '0' : '-1'}>${shown(state.name)}</a><span class="repo clip">${shown(state.repository)}</span></span>
            <span class="last" role="cell">${row.lastKind ? mark(row.lastKind, word(row.lastKind)) : html`<span></span>`}${row.last
                ? Time.near(row.last.at, now, zone) : row.lastKind ? html`<span class="soft">earlier</span>` : nothing}</span>
            <span class="num" role="cell">${state.enabled ? Number.isNaN(row.next) ? nothing
                : Time.near(row.next, now, zone) : html`<span class="soft">paused</span>`}</span>
            <span class="there clip" role="cell">${other ? `${Time.clock(row.next, state.timezone)} ${Time.place(state.timezone)}` : nothing}</span>
            ${why ? html`<span class="why clip" role="cell" title=${why}>${why}</span>` : nothing}
            <span class="strip" role="cell">${this.strip(row)}</span>
        </div>`;
    }

    /** A row's strip is made once for a minute and a width, however often the row comes into sight. */
    strip(row) {
        const { id } = row.state;
        if (!this.width) return nothing;
        if (!this.strips.has(id)) {
            const drawn = Strip.marks(row.facts, this.window, this.width);
            const past = row.facts.filter(({ at }) => at <= this.now).length;
            const element = Strip.stripElement(drawn, {
                href: (each) => this.marker.href(row, each),
                title: (each) => this.marker.title(row, each),
                label: `${count(past, 'start')} in the last 24 hours, ${number(row.facts.length - past)} in the next 24`,
                height: row.attention === null ? 26 : 46,
                narrow: this.narrow,
            });
            this.marker.listen(element, row, drawn);
            this.strips.set(id, element);
        }
        return this.strips.get(id);
    }

    headStrip() {
        const key = `${Math.floor(this.now / Time.MINUTE)} ${this.width} ${this.frame.zone}`;
        if (this.head?.key !== key || this.head.rows !== this.rows) {
            this.head = { key, rows: this.rows, element: headOf(this) };
        }
        return this.head.element;
    }

    drawReading() {
        const reading = this.marker.chosen && readingOf(this.frame, this.marker.chosen, this.now);
        const old = this.data.readAt && this.now - this.data.readAt > Time.MINUTE;
        return html`<div class="reading" id="reading" role="status" aria-label="The chosen mark">
            ${reading ? html`${mark(reading.kind)}<p><b>${reading.head}</b> ${reading.words} ${reading.links.map(({ href, words }) =>
                html`<a href=${href}>${words}</a> `)}</p>` : html`<p class="soft">Choose a mark to read about it here.</p>`}
            ${old ? html`<span class="soft">as of ${Time.clock(this.data.readAt, this.frame.zone)}</span>` : nothing}
            <span class="keys"><kbd>←</kbd><kbd>→</kbd> marks <kbd>↑</kbd><kbd>↓</kbd> rows <kbd>Enter</kbd> open <kbd>?</kbd> keys</span></div>`;
    }

    key(event) {
        if (event.key === 'Escape') {
            if (this.marker.chosen) this.marker.clear();
            else if (this.frame.route.query.get('show')) this.frame.query({ show: null });
            else return false;
            return true;
        }
        if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && event.target === document.body) {
            this.marker.enter();
            return true;
        }
        return false;
    }
}

/** The axis with the skyline: how many start in the busiest minute of each quarter of an hour. */
function headOf(tonight) {
    const { window, frame, rows } = tonight;
    const grid = Strip.gridOf(window, frame.zone);
    const quarters = Strip.skyline((rows ?? []).flatMap((row) => row.facts)
        .filter(({ at, kind }) => at >= window.from && at < window.to && kind !== 'deleted').map(({ at }) => at), window);
    const most = Math.max(1, ...quarters.map((quarter) => quarter.most));
    const half = quarters.length / 2;
    const peaks = [quarters.slice(0, half), quarters.slice(half)].map((side) =>
        side.reduce((best, each) => (each.most > best.most ? each : best)));
    const peakText = ({ most: n, minute }) => `${number(n)} at ${Time.clock(minute, frame.zone)}`;
    const highest = peaks[0].most >= peaks[1].most ? peaks[0] : peaks[1];
    const label = highest.most ? `Starts in the busiest minute of each quarter of an hour. The most: ${peakText(highest)}.` : 'No start in this time.';
    const at = (x) => ({ x: Strip.percent(x) });
    const labels = grid.labels.filter(({ x }) => Math.abs(x - grid.now) * tonight.width > 52)
        .filter(({ x }) => x * tonight.width > 14 && (1 - x) * tonight.width > 14)
        .map(({ x, hour, day, text }) => svgElement('text',
            { ...at(x), y: 70, 'text-anchor': 'middle', class: day ? 'strong' : hour % 6 ? 'minor' : null }, [text]));
    return svgElement('svg', { class: 'strip', height: 76, role: 'img', 'aria-label': label }, [
        svgElement('defs', {}, [Strip.gridElement(grid)]),
        svgElement('use', { href: '#grid' }),
        svgElement('svg', { y: 18, width: '100%', height: 34, viewBox: `0 0 ${quarters.length} 34`, preserveAspectRatio: 'none', overflow: 'visible' }, [
            svgElement('path', { class: 'hill', d: `M0 34${Strip.hill(quarters.slice(0, half), 34, most)}V34Z` }),
            svgElement('path', { class: 'hillnext', d: `M${half} 34${Strip.hill(quarters.slice(half), 34, most, half)}` }),
        ]),
        ...peaks.filter((peak) => peak.most > 1).map((peak) => {
            const x = (peak.at - window.from) / (window.to - window.from);
            const left = x > 0.88 || (x < 0.5 && x > 0.5 - 80 / tonight.width);
            // Beside the peak where the hills next to it are low, else above.
            const place = quarters.indexOf(peak);
            const beside = left ? quarters.slice(Math.max(place - 20, 0), place) : quarters.slice(place + 1, place + 20);
            const y = beside.every(({ most: other }) => other < peak.most * 0.6) ? 26 : 13;
            return svgElement('svg', { ...at(x + (left ? -0.004 : 0.0085)), overflow: 'visible' },
                [svgElement('text', { y, 'text-anchor': left ? 'end' : 'start' }, [peakText(peak)])]);
        }),
        ...labels,
        svgElement('svg', { ...at(grid.now), y: 58, overflow: 'visible' }, [
            svgElement('rect', { class: 'nowpill', x: -34, width: 68, height: 17, rx: 3 }),
            svgElement('text', { class: 'nowtext', y: 12.5, 'text-anchor': 'middle' }, [Strip.nowLabel(window.now, frame.zone)]),
        ]),
    ]);
}
