// Times in words, in the viewer's zone or in another. An instant is a number of milliseconds.

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const formats = new Map();

function format(zone, options) {
    const name = zone + JSON.stringify(options);
    let found = formats.get(name);
    if (!found) {
        try {
            found = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone, hourCycle: 'h23' });
        } catch {
            found = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC', hourCycle: 'h23' });
        }
        formats.set(name, found);
    }
    return found;
}

export const viewerZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** The instant of an ISO time; NaN if there is none. */
export const instant = (iso) => (iso ? Date.parse(iso) : NaN);

const PARTS = { weekday: 'short', year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' };

/** The local time: year, month, day, hour, minute, weekday. */
export function local(at, zone) {
    const parts = {};
    for (const { type, value } of format(zone, PARTS).formatToParts(at)) parts[type] = value;
    return {
        year: +parts.year, month: +parts.month, day: +parts.day, hour: +parts.hour, minute: +parts.minute,
        weekday: parts.weekday,
    };
}

/** `09:04` */
export const clock = (at, zone) => format(zone, { hour: '2-digit', minute: '2-digit' }).format(at);

/** `09:04:31` */
export const clockSeconds = (at, zone) =>
    format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);

/** `Thu` */
export const weekday = (at, zone) => format(zone, { weekday: 'short' }).format(at);

/** `26 Nov` */
export const date = (at, zone) => format(zone, { day: 'numeric', month: 'short' }).format(at);

/** `26 November` */
export const longDate = (at, zone) => format(zone, { day: 'numeric', month: 'long' }).format(at);

/** `Thursday 26 November` */
export function day(at, zone) {
    return format(zone, { weekday: 'long' }).format(at) + ' ' + longDate(at, zone);
}

/** `Thu 26 Nov 02:10`: the way of tables. */
export const full = (at, zone) => `${weekday(at, zone)} ${date(at, zone)} ${clock(at, zone)}`;

/** `Thursday 26 November 02:10` */
export const long = (at, zone) => `${day(at, zone)} ${clock(at, zone)}`;

export function sameDay(a, b, zone) {
    const one = local(a, zone);
    const other = local(b, zone);
    return one.day === other.day && one.month === other.month && one.year === other.year;
}

/** `02:10` today, `Fri 02:10` within six days, `Wed 2 Dec` otherwise. */
export function near(at, now, zone) {
    if (sameDay(at, now, zone)) return clock(at, zone);
    if (Math.abs(at - now) < 6 * DAY) return `${weekday(at, zone)} ${clock(at, zone)}`;
    return `${weekday(at, zone)} ${date(at, zone)}`;
}

/** `07:30 today`, `tomorrow 02:10`, `yesterday 22:00`, `Mon 23 Nov 02:10`. */
export function spoken(at, now, zone) {
    if (sameDay(at, now, zone)) return `${clock(at, zone)} today`;
    if (sameDay(at, now + DAY, zone)) return `tomorrow ${clock(at, zone)}`;
    if (sameDay(at, now - DAY, zone)) return `yesterday ${clock(at, zone)}`;
    return full(at, zone);
}

/** The city of a zone, or the zone: `Europe/Berlin` is `Berlin`. */
export function place(zone) {
    return String(zone ?? 'UTC').replace(/^.*\//, '').replace(/_/g, ' ');
}

/** Minutes that a zone is ahead of UTC at an instant. */
export function offset(at, zone) {
    const { year, month, day: date, hour, minute } = local(at, zone);
    return Math.round((Date.UTC(year, month - 1, date, hour, minute) - at) / MINUTE);
}

export const sameZone = (at, one, other) => one === other || offset(at, one) === offset(at, other);

/** `41 s`, `9 min`, `2 h 31`, `3 d 4 h`. */
export function duration(seconds) {
    if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return '';
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return `${whole} s`;
    const minutes = Math.round(whole / 60);
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60}` : `${hours} h`;
    return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${hours / 24} d`;
}

/** `9 min 41 s`: the same to the second. */
export function exactDuration(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`;
    return duration(whole);
}

/** Local midnights between two instants. */
export function midnights(from, to, zone) {
    return hours(from, to, zone, 24);
}

/** The full hours between two instants whose local hour is a multiple of `step`. */
export function hours(from, to, zone, step) {
    const found = [];
    // Zones differ from UTC by quarters of an hour, so every full hour is a quarter in UTC.
    for (let at = Math.ceil(from / (15 * MINUTE)) * 15 * MINUTE; at < to; at += 15 * MINUTE) {
        const { hour, minute } = local(at, zone);
        if (minute === 0 && hour % step === 0) found.push({ at, hour });
    }
    return found;
}
