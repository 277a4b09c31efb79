// The strip of time: from facts to marks, by pure functions, and from marks to SVG.
//
// A fact is `{at, kind, seconds, ...}`: an instant, a kind of mark, and how long its run took (null: no run, or not ended).
// A place is a fraction of the width.
import { svgElement } from './dom.js';
import { HOUR, MINUTE, clock, date, hours, local, weekday } from './time.js';
import { rank } from './words.js';

const CELLS = [5, 15, 30, 60, 180, 360, 720, 1_440].map((minutes) => minutes * MINUTE);
const NEAR = 10; // px: closer than this, two marks become the worse one with "+1"
const BARS = new Set(['ok']);
const HOLLOW = new Set(['next', 'off']);

/** The smallest cell that is wide enough: 4 px, or 6 px for hollow bars, in whole pixels. */
export function cellOf(span, width, hollow = false) {
    const least = hollow ? 6 : 4;
    return CELLS.find((cell) => Math.round((cell / span) * width) >= least) ?? CELLS.at(-1);
}

/**
 * The marks of a row.
 *
 * @param facts in the order of time
 * @param window `{from, to, now}`
 * @param width of the strip in px
 * @return in the order of drawing: `{shape, kind, x, width, facts, more}`, where shape is `bar`, `band`, `outline`, `trail`
 *     or `mark`, and more is the number of marks that are not drawn because this one is worse
 */
export function marks(facts, window, width) {
    const seen = facts.filter(({ at, seconds }) => at < window.to && at + (seconds ?? 0) * 1_000 >= window.from);
    const drawn = [
        ...bars(seen.filter(({ kind }) => HOLLOW.has(kind)), window, width, true),
        ...bars(seen.filter(({ kind }) => BARS.has(kind)), window, width, false),
        ...apart(seen.filter(({ kind }) => !BARS.has(kind) && !HOLLOW.has(kind)), window, width),
    ];
    return drawn;
}

const place = (at, { from, to }) => (at - from) / (to - from);

/** Bars, and a band in place of bars where three neighbouring cells or more have several starts each. */
function bars(facts, window, width, hollow) {
    const cell = cellOf(window.to - window.from, width, hollow);
    const drawn = [];
    for (const kind of new Set(facts.map((fact) => fact.kind))) {
        const cells = new Map();
        for (const fact of facts) {
            if (fact.kind !== kind) continue;
            const number = Math.floor(fact.at / cell);
            if (!cells.has(number)) cells.set(number, []);
            cells.get(number).push(fact);
        }
        for (const run of runsOfCells(cells)) {
            const all = run.flat();
            if (run.length >= 3 && run.every((each) => each.length > 1)) {
                const from = Math.max(place(all[0].at, window), 0);
                const to = Math.min(Math.max(place(all.at(-1).at, window), from + 3 / width), 1);
                drawn.push({ shape: hollow ? 'outline' : 'band', kind, x: from, width: to - from, facts: all, more: 0 });
            } else if (hollow) {
                drawn.push(...all.map((fact) => point(fact, window)));
            } else {
                drawn.push(...all.map((fact) => bar(fact, window, width)));
            }
        }
    }
    return drawn;
}

/** Neighbouring cells together, split where cells with one start meet cells with several. */
function runsOfCells(cells) {
    const runs = [];
    let before = null;
    for (const [number, facts] of cells) {
        const several = facts.length > 1;
        if (before && number === before.number + 1 && several === before.several) runs.at(-1).push(facts);
        else runs.push([facts]);
        before = { number, several };
    }
    return runs;
}

/** As wide as the run took, at least 3 px with the 2 px of its border. */
function bar(fact, window, width) {
    const from = Math.max(place(fact.at, window), 0);
    const to = Math.min(place(fact.at + (fact.seconds ?? 0) * 1_000, window), place(window.now, window));
    return { shape: 'bar', kind: fact.kind, x: from, width: Math.max(to - from, 1 / width), facts: [fact], more: 0 };
}

const point = (fact, window) =>
    ({ shape: 'mark', kind: fact.kind, x: Math.max(place(fact.at, window), 0), width: 0, facts: [fact], more: 0 });

/** The other marks: none is dropped, but of those within 10 px the worst stands for all. The worst is drawn last. */
function apart(facts, window, width) {
    const drawn = [];
    for (const fact of facts) {
        const mark = point(fact, window);
        const last = drawn.at(-1);
        if (!last || (mark.x - last.x) * width > NEAR) {
            drawn.push(mark);
            continue;
        }
        const together = [...last.facts, fact];
        const worst = rank(fact.kind) < rank(last.kind) ? mark : last;
        drawn[drawn.length - 1] = { ...worst, facts: together, more: together.length - 1 };
    }
    for (const mark of drawn) if (mark.kind === 'running') mark.shape = 'trail';
    return drawn.sort((one, other) => rank(other.kind) - rank(one.kind));
}

/** A number as a percentage for an attribute. */
export const percent = (fraction) => `${Math.round(fraction * 10_000) / 100}%`;

/**
 * Draws marks.
 *
 * @param links `{href(mark), title(mark)}`
 * @return the SVG element, whose links carry their mark in `.mark`
 */
export function stripElement(drawn, { href, title, label, height = 26, now = 0.5, narrow = false, grid = 'grid' }) {
    const links = drawn.map((mark) => {
        const link = svgElement('a', { href: href(mark), tabindex: -1, class: mark.kind, 'aria-label': title(mark) },
            [svgElement('title', {}, [title(mark)]), ...shapes(mark, now, narrow)]);
        link.mark = mark;
        return link;
    });
    return svgElement('svg', { class: 'strip', role: 'group', 'aria-label': label, height }, [
        ...(grid ? [svgElement('use', { href: `#${grid}` })] : []),
        svgElement('svg', { y: '50%', overflow: 'visible' }, links),
    ]);
}

function shapes({ shape, kind, x, width, more }, now, narrow) {
    const at = percent(x);
    const symbol = () => svgElement('use', { href: `#m-${kind}`, x: at });
    switch (shape) {
        case 'bar': return [svgElement('rect', { class: 'bar', x: at, y: -5, width: percent(width), height: 10, rx: 0.5 })];
        case 'band': return [svgElement('rect', { class: 'band', x: at, y: -4, width: percent(width), height: 8, rx: 1 })];
        case 'outline':
            return [svgElement('rect', { class: 'bandnext', x: at, y: -3.5, width: percent(width), height: 7, rx: 1 })];
        case 'trail':
            return [svgElement('rect', { class: 'trail', x: at, y: -4, width: percent(Math.max(now - x, 0)), height: 8 }),
                symbol()];
        default:
            return more > 0 && !narrow
                ? [symbol(), svgElement('svg', { x: at, overflow: 'visible' },
                    [svgElement('text', { x: 7, y: -1 }, [`+${more}`])])]
                : [symbol()];
    }
}

/** The busiest minute of each quarter of an hour: `[{at, most, minute}]` over the window. */
export function skyline(instants, { from, to }) {
    const step = 15 * MINUTE;
    const minutes = new Map();
    for (const at of instants) {
        const minute = Math.floor(at / MINUTE) * MINUTE;
        minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
    }
    const quarters = [];
    for (let at = from; at < to; at += step) quarters.push({ at, most: 0, minute: at });
    for (const [minute, count] of minutes) {
        const quarter = quarters[Math.floor((minute - from) / step)];
        if (quarter && count > quarter.most) Object.assign(quarter, { most: count, minute });
    }
    return quarters;
}

/** The outline of quarters as a path, in a box of one unit a quarter. */
export function hill(quarters, height, most, first = 0) {
    const level = (count) => Math.round((height - (count / Math.max(most, 1)) * height) * 10) / 10;
    return quarters.map(({ most: count }, index) => `V${level(count)}H${first + index + 1}`).join('');
}

/** What lies under every strip of a window of hours: the shade of the night, grid lines, the line of now. */
export function gridOf(window, zone, step = 3) {
    const lines = [];
    const labels = [];
    for (const { at, hour } of hours(window.from, window.to, zone, step)) {
        const x = place(at, window);
        lines.push({ x, day: hour === 0 });
        labels.push({
            x, hour, day: hour === 0,
            text: hour === 0 ? `${weekday(at, zone)} ${local(at, zone).day}` : String(hour).padStart(2, '0'),
        });
    }
    return { shades: nights(window, zone), lines, labels, now: place(window.now, window) };
}

/** From 20:00 to 06:00 in a zone, as far as the window shows it. */
function nights(window, zone) {
    const shades = [];
    for (const { at, hour } of hours(window.from - 10 * HOUR, window.to, zone, 2)) {
        if (hour !== 20) continue;
        const end = hours(at, at + 13 * HOUR, zone, 6).find((each) => each.hour === 6)?.at ?? at + 10 * HOUR;
        const from = Math.max(place(at, window), 0);
        const to = Math.min(place(end, window), 1);
        if (to > from) shades.push({ x: from, width: to - from });
    }
    return shades;
}

/** The same for a window of days: the weekends are shaded, every Monday has its date. */
export function gridOfDays(window, zone) {
    const lines = [];
    const labels = [];
    const shades = [];
    for (const { at } of hours(window.from, window.to, zone, 24)) {
        const name = weekday(at, zone);
        if (name === 'Mon') {
            lines.push({ x: place(at, window), day: false });
            labels.push({ x: place(at, window), text: `Mon ${date(at, zone)}`, day: false, hour: 0 });
        }
        if (name === 'Sat' || name === 'Sun') {
            const end = Math.min(place(at + 24 * HOUR, window), 1);
            shades.push({ x: place(at, window), width: end - place(at, window) });
        }
    }
    return { shades, lines, labels, now: place(window.now, window) };
}

/** A grid as an SVG group that strips refer to by its id. */
export function gridElement({ shades, lines, now }, id = 'grid') {
    const across = { y1: 0, y2: '100%' };
    return svgElement('g', { id }, [
        ...shades.map(({ x, width }) =>
            svgElement('rect', { class: 'nightshade', x: percent(x), y: 0, width: percent(width), height: '100%' })),
        ...lines.map(({ x, day }) =>
            svgElement('line', { class: day ? 'gridline day' : 'gridline', x1: percent(x), x2: percent(x), ...across })),
        svgElement('line', { class: 'nowline', x1: percent(now), x2: percent(now), ...across }),
    ]);
}

export const nowLabel = (now, zone) => `now ${clock(now, zone)}`;

/** The mark that is nearest to a place, within 8 px. */
export function nearest(drawn, x, width) {
    let best = null;
    let least = 8;
    for (const mark of drawn) {
        const distance = Math.max(mark.x - x, x - (mark.x + mark.width), 0) * width;
        if (distance < least || (distance === least && distance === 0)) {
            best = mark;
            least = distance;
        }
    }
    return best;
}
