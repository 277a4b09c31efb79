// Choosing marks on Tonight, by pointer and by keyboard, and what is read out about them.
import { svgElement } from './dom.js';
import { outcome } from './night.js';
import { nearest, percent } from './strip.js';
import { plain } from './text.js';
import * as Time from './time.js';
import { count, word } from './words.js';

export class Marker {
    constructor(tonight) {
        this.tonight = tonight;
        this.row = null; // the id of the row that is the table's tab stop
        this.mark = -1; // the mark in focus, in the order of time; -1: the row's name
        this.chosen = null;
        this.pinned = false;
        this.pending = false;
    }

    href(row, { facts, shape, more }) {
        const { frame } = this.tonight;
        const [fact] = facts;
        if (more > 0 || shape === 'band' || shape === 'outline') {
            const [from, to] = [facts[0].at, facts.at(-1).at].map((at) => new Date(at).toISOString());
            return frame.address('automations', [row.state.id], { from, to });
        }
        return fact.run && fact.task
            ? frame.address('runs', [fact.task, fact.run])
            : frame.address('automations', [row.state.id]);
    }

    title(row, { facts, shape, kind }) {
        const { frame, now } = this.tonight;
        const name = plain(row.state.name);
        if (shape === 'band' || shape === 'outline') {
            return `${name}, ${Time.near(facts[0].at, now, frame.zone)} to ${Time.near(facts.at(-1).at, now, frame.zone)}: `
                + `${count(facts.length, 'start')}${kind === 'ok' ? ', all succeeded' : ` ${word(kind)}`}`;
        }
        const [fact] = facts.length > 1 ? facts.filter((each) => each.kind === kind) : facts;
        const others = facts.length > 1 ? `, and ${facts.length - 1} more beside it` : '';
        return `${name}, ${Time.weekday(fact.at, frame.zone)} ${Time.clock(fact.at, frame.zone)}: ${outcome(fact)}${others}`;
    }

    /** The pointer takes the nearest mark within 8 px, at the full height of the row. */
    listen(element, row, drawn) {
        const found = (event) => {
            const box = element.getBoundingClientRect();
            return nearest(drawn, (event.clientX - box.left) / box.width, box.width);
        };
        element.addEventListener('pointermove', (event) => {
            if (this.pinned || event.pointerType === 'touch') return;
            const mark = found(event);
            if (mark !== this.chosen?.mark) this.choose(row, mark, element);
        });
        element.addEventListener('pointerleave', () => {
            if (!this.pinned) this.choose(null);
        });
        element.addEventListener('click', (event) => {
            const mark = event.target.closest('a')?.mark ?? found(event);
            if (!mark) return;
            if (opens(mark)) {
                if (!event.target.closest('a')) this.tonight.frame.go(this.href(row, mark));
                return;
            }
            event.preventDefault();
            this.pinned = true;
            this.choose(row, mark, element);
        });
    }

    choose(row, mark, element) {
        this.ring?.remove();
        this.ring = null;
        this.chosen = row && mark ? { row, mark } : null;
        if (this.chosen && element) {
            const x = mark.x + (mark.shape === 'mark' || mark.shape === 'trail' ? 0 : mark.width / 2);
            this.ring = svgElement('circle', { class: 'picked', cx: percent(x), cy: 0, r: 10 });
            element.lastElementChild.append(this.ring);
        }
        this.tonight.frame.redraw();
    }

    clear() {
        this.pinned = false;
        this.choose(null);
    }

    /** The order of the rows changed. */
    moved() {
        this.ring = null;
    }

    get index() {
        const { items } = this.tonight;
        const found = items.findIndex((item) => item.row?.state.id === this.row);
        return found >= 0 ? found : items.findIndex((item) => item.row);
    }

    /** Whether the row at an index is the table's tab stop. It is one that is drawn. */
    isStop(index) {
        const { first, last } = this.tonight.list.seen;
        const own = this.index;
        if (own >= first && own < last) return index === own;
        return index === this.tonight.items.findIndex((item, at) => at >= first && item.row);
    }

    focused(event) {
        const at = event.target.closest('[data-at]')?.dataset.at;
        const row = at && this.tonight.items[Number(at)]?.row;
        if (!row) return;
        const changed = this.row !== row.state.id;
        this.row = row.state.id;
        const link = event.target.closest('.strip a');
        if (link) {
            this.mark = marksOf(event.target.closest('[data-at]')).indexOf(link);
            this.pinned = true;
            this.choose(row, link.mark, link.closest('svg.strip'));
        } else {
            this.mark = -1;
            if (changed) this.tonight.frame.redraw();
        }
    }

    enter() {
        this.mark = -1;
        this.go(this.index);
    }

    key(event) {
        const at = this.index;
        const inStrip = this.mark >= 0;
        switch (event.key) {
            case 'ArrowDown': this.step(at, 1); break;
            case 'ArrowUp': this.step(at, -1); break;
            case 'ArrowRight': this.toMark(at, this.mark + 1); break;
            case 'ArrowLeft': if (inStrip) this.toMark(at, this.mark - 1); break;
            case 'Home': if (inStrip) this.toMark(at, 0); else this.step(-1, 1); break;
            case 'End': if (inStrip) this.toMark(at, Infinity); else this.step(this.tonight.items.length, -1); break;
            case 'Enter': {
                const link = event.target.closest('.strip a');
                if (!link?.mark) return;
                if (opens(link.mark)) this.tonight.frame.go(link.getAttribute('href'));
                break;
            }
            default: return;
        }
        event.preventDefault();
        event.stopPropagation();
    }

    step(from, by) {
        const { items } = this.tonight;
        let at = from + by;
        while (items[at] && !items[at].row) at += by;
        if (!items[at]) return;
        this.mark = -1;
        this.go(at);
    }

    toMark(at, number) {
        const links = marksOf(this.element(at));
        if (!links.length) return;
        this.mark = Math.min(number, links.length - 1);
        this.go(at);
    }

    /** Focuses a row or a mark of it, once it is drawn. */
    go(at) {
        const row = this.tonight.items[at]?.row;
        if (!row) return;
        this.row = row.state.id;
        if (this.mark < 0) this.clear();
        this.tonight.list.reveal(at);
        this.pending = true;
        this.tonight.frame.redraw();
    }

    drawn() {
        if (!this.pending) return;
        const element = this.element(this.index);
        if (!element) return;
        this.pending = false;
        const target = this.mark >= 0 ? marksOf(element)[this.mark] : element.querySelector('.name a');
        target?.focus({ preventScroll: true });
    }

    element(at) {
        return document.querySelector(`.night [data-at="${at}"]`);
    }
}

/** Whether a mark leads somewhere; one without a run is read where it is. */
function opens({ facts, shape, more }) {
    return more > 0 || shape === 'band' || shape === 'outline' || Boolean(facts[0].run && facts[0].task);
}

/** The links of a row's strip in the order of time. */
function marksOf(element) {
    return [...(element?.querySelectorAll('svg.strip a') ?? [])].sort((one, other) => one.mark.x - other.mark.x);
}

/** What the reading line says about a mark. */
export function readingOf(frame, { row, mark }, now) {
    const { state } = row;
    const name = plain(state.name);
    const automation = frame.address('automations', [state.id]);
    if (mark.more > 0 || mark.shape === 'band' || mark.shape === 'outline') {
        const [from, to] = [mark.facts[0].at, mark.facts.at(-1).at];
        return {
            kind: mark.kind,
            head: `${name}, ${Time.spoken(from, now, frame.zone)} to ${Time.spoken(to, now, frame.zone)}.`,
            words: `${summary(mark.facts)}.`,
            links: [{
                href: frame.address('automations', [state.id], { from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
                words: 'Open these in the history',
            }],
        };
    }
    const [fact] = mark.facts;
    const links = [];
    if (fact.run && fact.task) {
        links.push({ href: frame.address('runs', [fact.task, fact.run]), words: 'Open the run' });
    }
    let words = outcome(fact);
    if (fact.kind === 'overlap') {
        const way = row.facts.find((each) => each.run !== null && each.run === fact.inTheWay);
        const time = way ? `the run of ${Time.clock(way.at, frame.zone)}` : 'the run before';
        words = `skipped: ${time} was still going, and its policy is to skip`;
        if (way?.task) links.push({ href: frame.address('runs', [way.task, way.run]), words: `Open ${time}` });
        links.push({ href: frame.address('automations', [state.id], { part: 'policy' }), words: 'Change the policy' });
    } else if (fact.kind === 'fail' && fact.error) {
        words = `${words}: ${plain(fact.error)}`;
    } else if (fact.kind === 'off') {
        words = `${words}: ${plain(state.sync?.reason ?? 'the change has not reached the schedule service')}`;
    }
    if (!links.length) links.push({ href: automation, words: 'Open the automation' });
    return {
        kind: fact.kind,
        head: `${name}, ${Time.spoken(fact.at, now, frame.zone)}.`,
        words: `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`,
        links,
    };
}

/** `3 failed, 1 missed` */
function summary(facts) {
    const counts = new Map();
    for (const { kind } of facts) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return [...counts].map(([kind, n]) => `${n} ${word(kind)}`).join(', ');
}
