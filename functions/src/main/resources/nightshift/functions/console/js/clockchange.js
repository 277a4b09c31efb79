// Changes of the clocks, as the preview of a schedule explains them.
import { DAY, HOUR, MINUTE, offset } from './time.js';

/** The change of the clocks near a local time: `{at, before, after}`, with the local times on both sides. */
export function clockChange(time, zone) {
    const [date, minute] = time.slice(0, 16).split('T');
    const [year, month, dayOfMonth] = date.split('-').map(Number);
    const [hours, minutes] = minute.split(':').map(Number);
    const middle = Date.UTC(year, month - 1, dayOfMonth, hours, minutes);
    let low = middle - DAY;
    let high = middle + DAY;
    const before = offset(low, zone);
    const after = offset(high, zone);
    if (before === after) return null;
    while (high - low > MINUTE) {
        const half = Math.floor((low + high) / 2 / MINUTE) * MINUTE;
        if (offset(half, zone) === before) low = half;
        else high = half;
    }
    const shown = (minutesAhead) => new Date(high + minutesAhead * MINUTE).toISOString().slice(11, 16);
    return { at: high, before: shown(before), after: shown(after), jump: (after - before) * MINUTE };
}

/** The same expression after a jump, where its hour is one number: `{expression, time}`. */
export function insteadOf(expression, time, { jump }) {
    const fields = expression.split(/\s+/);
    if (!/^\d+$/.test(fields[1]) || jump % HOUR !== 0) return null;
    const hour = Number(fields[1]) + jump / HOUR;
    if (hour > 23) return null;
    return { expression: [fields[0], hour, ...fields.slice(2)].join(' '), time: `${String(hour).padStart(2, '0')}${time.slice(2)}` };
}
