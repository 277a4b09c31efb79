// The strip of one automation: 28 days back and 7 ahead.
import { gridOfDays, marks, nearest, percent, stripElement } from './strip.js';
import { plain } from './text.js';
import { DAY, full } from './time.js';
import { count, word } from './words.js';

export const BACK = 28 * DAY;
export const AHEAD = 7 * DAY;

export class AutomationStrip {
    #frame;
    #box = null;
    #shown = { automation: null, facts: [], upcoming: [], inForce: true };
    #key = '';
    #width = 0;
    #resized;

    constructor(frame) {
        this.#frame = frame;
        this.#resized = new ResizeObserver(([entry]) => {
            if (entry.contentRect.width === this.#width) return;
            this.#width = entry.contentRect.width;
            this.#draw();
        });
    }

    close() {
        this.#resized.disconnect();
    }

    /** Draws into an element; shown is `{automation, facts, upcoming, inForce}`. */
    show(box, shown) {
        this.#shown = shown;
        if (box && box !== this.#box) {
            this.#box = box;
            this.#key = '';
            this.#resized.disconnect();
            this.#resized.observe(box);
        }
        this.#draw();
    }

    #draw() {
        const box = this.#box;
        const { automation, upcoming, inForce } = this.#shown;
        if (!box || !automation || !this.#width) return;
        const now = Math.floor(this.#frame.now() / 60_000) * 60_000;
        const window = { from: now - BACK, to: now + AHEAD, now };
        const { facts } = this.#shown;
        const key = [now, this.#width, inForce, upcoming.length, ...facts.map((fact) => `${fact.at}${fact.kind}`)].join();
        if (key === this.#key) return;
        this.#key = key;
        const coming = upcoming.map((at) => ({ at, kind: inForce ? 'next' : 'off', seconds: null }));
        const drawn = marks([...facts].reverse().concat(coming), window, this.#width);
        const failed = facts.filter(({ kind, at }) => kind === 'fail' && at >= window.from).length;
        const missed = facts.filter(({ kind, at }) => kind === 'missed' && at >= window.from).length;
        const element = stripElement(drawn, {
            href: (each) => this.#hrefOf(each), title: (each) => this.#titleOf(each), height: 30, now: (now - window.from) / (window.to - window.from),
            narrow: this.#width < 500, grid: null,
            label: `The last 28 days and the next 7: ${count(facts.filter(({ at }) => at >= window.from).length, 'start')}, ${failed} failed, ${missed} missed`,
        });
        element.prepend(...gridShapes(gridOfDays(window, automation.timezone), this.#width));
        const links = [...element.querySelectorAll('a')].sort((one, other) => one.mark.x - other.mark.x);
        const stop = links.findLast((link) => link.mark.facts[0].at <= now) ?? links[0];
        stop?.setAttribute('tabindex', '0');
        const focused = box.contains(document.activeElement);
        box.replaceChildren(element);
        if (focused) stop?.focus();
    }

    #hrefOf({ facts, more, shape }) {
        const [fact] = facts;
        const from = new Date(Math.min(...facts.map(({ at }) => at))).toISOString();
        const to = new Date(Math.max(...facts.map(({ at }) => at))).toISOString();
        const single = facts.length === 1 && shape !== 'band' && !more;
        if (single && fact.run && (fact.hand || fact.occurrence?.status === 'started')) return this.#frame.address('runs', [this.#shown.automation.last_task_id, fact.run]);
        return this.#frame.here(fact.kind === 'next' || fact.kind === 'off' ? { from: '', to: '' } : { from, to });
    }

    #titleOf({ facts, kind, more }) {
        const { timezone, name } = this.#shown.automation;
        if (facts.length > 3) return `${plain(name)}, ${full(facts[0].at, timezone)} to ${full(facts.at(-1).at, timezone)}: ${count(facts.length, 'start')}, ${word(kind)}${more ? `, +${more}` : ''}`;
        return `${plain(name)}, ${facts.map((fact) => `${full(fact.at, timezone)}: ${word(fact.kind)}`).join('. ')}${more ? `, +${more}` : ''}`;
    }

    clicked = (event) => {
        if (event.target.closest('a')) return;
        const box = this.#box.getBoundingClientRect();
        const drawn = [...this.#box.querySelectorAll('a')].map((link) => link.mark);
        const found = nearest(drawn, (event.clientX - box.left) / box.width, box.width);
        if (found) this.#frame.go(this.#hrefOf(found));
    };

    pressed = (event) => {
        const links = [...this.#box.querySelectorAll('a')].sort((one, other) => one.mark.x - other.mark.x);
        const at = links.indexOf(document.activeElement);
        const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: links.length - 1 }[event.key];
        if (at < 0 || to === undefined) return;
        event.preventDefault();
        const link = links[Math.min(links.length - 1, Math.max(0, to))];
        links[at].setAttribute('tabindex', '-1');
        link.setAttribute('tabindex', '0');
        link.focus();
    };
}

function gridShapes({ shades, lines, labels, now }, width) {
    const box = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const element = (name, attributes, text = '') => {
        const made = document.createElementNS(box.namespaceURI, name);
        for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
        made.textContent = text;
        return made;
    };
    const pill = element('svg', { x: percent(now), y: -18, overflow: 'visible' });
    pill.append(element('rect', { class: 'nowpill', x: -17, width: 34, height: 16, rx: 3 }), element('text', { class: 'nowtext', y: 12, 'text-anchor': 'middle' }, 'now'));
    // The month where it is another one than before.
    const short = (text, before) => (before && before.split(' ')[2] === text.split(' ')[2] ? text.split(' ').slice(0, 2).join(' ') : text);
    const named = labels.map((label, at) => ({ ...label, text: short(label.text, labels[at - 1]?.text) }));
    return [
        ...shades.map(({ x, width: wide }) => element('rect', { class: 'nightshade', x: percent(x), width: percent(wide), height: '100%' })),
        ...lines.map(({ x }) => element('line', { class: 'gridline', x1: percent(x), x2: percent(x), y1: 0, y2: '100%' })),
        element('line', { class: 'nowline', x1: percent(now), x2: percent(now), y1: 0, y2: '100%' }),
        // Not under the word "now", and not cut off at an end.
        ...named.filter(({ x }) => Math.abs(x - now) * width > 46 && x * width > 30 && (1 - x) * width > 30)
            .map(({ x, text }) => element('text', { x: percent(x), y: -5, 'text-anchor': 'middle' }, text)),
        pill,
    ];
}
