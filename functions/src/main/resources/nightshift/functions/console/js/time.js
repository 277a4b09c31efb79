// Times in words, in the viewer's zone or in another. An instant is a number of milliseconds.

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
    'November', 'December'];
const PARTS = { year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const formats = new Map();
const offsets = new Map();

function format(zone) {
    if (!formats.has(zone)) {
        let made;
        try {
            made = new Intl.DateTimeFormat('en-GB', { ...PARTS, timeZone: zone });
        } catch {
            made = new Intl.DateTimeFormat('en-GB', { ...PARTS, timeZone: 'UTC' }); // a zone that this browser does not know
        }
        formats.set(zone, made);
    }
    return formats.get(zone);
}

const own = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

export const viewerZone = () => own;

/** The instant of an ISO time; NaN if there is none. */
export const instant = (iso) => (iso ? Date.parse(iso) : NaN);

/** Minutes that a zone is ahead of UTC at an instant. */
export function offset(at, zone) {
    if (zone === 'UTC') return 0;
    // Intl is slow, and a day whose ends have one offset has it throughout.
    const day = Math.floor(at / DAY) * DAY;
    const first = known(day, zone);
    if (first === known(day + DAY, zone)) return first;
    return known(Math.floor(at / MINUTE) * MINUTE, zone);
}

function known(at, zone) {
    const name = zone + at;
    if (!offsets.has(name)) {
        const parts = {};
        for (const { type, value } of format(zone).formatToParts(at)) parts[type] = Number(value);
        const local = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute);
        offsets.set(name, Math.round((local - at) / MINUTE));
    }
    return offsets.get(name);
}

/** A date whose UTC fields are the local time. */
const shifted = (at, zone) => new Date(at + offset(at, zone) * MINUTE);
const two = (value) => String(value).padStart(2, '0');

/** The local time: year, month, day, hour, minute, weekday. */
export function local(at, zone) {
    const date = shifted(at, zone);
    return {
        year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(),
        hour: date.getUTCHours(), minute: date.getUTCMinutes(), weekday: DAYS[date.getUTCDay()].slice(0, 3),
    };
}

/** `09:04` */
export function clock(at, zone) {
    const date = shifted(at, zone);
    return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** `09:04:31` */
export const clockSeconds = (at, zone) => `${clock(at, zone)}:${two(new Date(at).getUTCSeconds())}`;

/** `Thu` */
export const weekday = (at, zone) => DAYS[shifted(at, zone).getUTCDay()].slice(0, 3);

/** `26 Nov` */
export function date(at, zone) {
    const local = shifted(at, zone);
    return `${local.getUTCDate()} ${MONTHS[local.getUTCMonth()].slice(0, 3)}`;
}

/** `26 November` */
export function longDate(at, zone) {
    const local = shifted(at, zone);
    return `${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]}`;
}

/** `Thursday 26 November` */
export const day = (at, zone) => `${DAYS[shifted(at, zone).getUTCDay()]} ${longDate(at, zone)}`;

/** `Thu 26 Nov 02:10`: the way of tables. */
export const full = (at, zone) => `${weekday(at, zone)} ${date(at, zone)} ${clock(at, zone)}`;

/** `Thursday 26 November 02:10` */
export const long = (at, zone) => `${day(at, zone)} ${clock(at, zone)}`;

/** Whether two instants are on one local day. */
export function sameDay(one, other, zone) {
    return shifted(one, zone).setUTCHours(0, 0, 0, 0) === shifted(other, zone).setUTCHours(0, 0, 0, 0);
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
