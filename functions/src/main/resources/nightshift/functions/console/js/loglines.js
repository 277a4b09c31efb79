// What an entry of a log shows: its kind, its time and its text. An entry is one line of JSON; it may be any object.

/// The kinds in the order of their numbers.
export const KINDS = ['console', 'output', 'agent', 'command', 'diff', 'progress', 'warn', 'error', 'other'];
const NUMBER = Object.fromEntries(KINDS.map((kind, at) => [kind, at]));

export function numberOf(kind) {
    return NUMBER[kind];
}

// The start of what the worker writes: most lines are read with it alone.
const CONSOLE =
    /^\{"type":"notification","timestamp":"([^"\\]*)","notification":\{"jsonrpc":"2\.0","method":"_posthog\/console","params":\{"sessionId":"[^"\\]*","level":"([a-z]*)","message":"/;

const CONSOLE_START = new RegExp(CONSOLE.source, 'y');
const STRING = /"(?:[^"\\]|\\.)*"/y;

const DIFF_GOES_ON =
    /^(?:[-+ @\\]|index [0-9a-f]|(?:new|deleted) file mode|(?:old|new) mode|(?:rename|copy) (?:from|to)|(?:dis)?similarity index|Binary files)|^$/;

/// Gives each line its kind, in order: the lines of a printed diff are known by the one before.
export class KindReader {
    inDiff = false;

    /// Reads a line: {number of its kind, at}.
    next(line) {
        const known = CONSOLE.exec(line);
        if (known) {
            const raw = line.slice(known[0].length, known[0].length + 48);
            const start = raw.startsWith('"') ? '' : raw;
            return { number: NUMBER[this.#printed('console', known[2], start)], at: timeOf(known[1]) };
        }
        const entry = parse(line);
        const printed = entry.kind === 'console' || entry.kind === 'output';
        const kind = printed ? this.#printed(entry.kind, entry.level, entry.text) : entry.kind;
        return { number: NUMBER[kind], at: entry.at };
    }

    #printed(kind, level, start) {
        this.inDiff = start.startsWith('diff --git ') || (this.inDiff && DIFF_GOES_ON.test(start));
        if (this.inDiff) return 'diff';
        if (level === 'error' || level === 'fatal') return 'error';
        if (level === 'warn' || level === 'warning' || /^(?:npm )?warn(?:ing)?\b/i.test(start)) return 'warn';
        return kind;
    }
}

/// The text of a line. Most lines are not parsed for it.
export function textOf(line) {
    CONSOLE_START.lastIndex = 0;
    if (CONSOLE_START.test(line)) {
        const start = CONSOLE_START.lastIndex;
        const end = line.indexOf('"', start);
        if (end >= 0 && !line.slice(start, end).includes('\\')) return line.slice(start, end);
        STRING.lastIndex = start - 1;
        if (STRING.test(line)) {
            try {
                return JSON.parse(line.slice(start - 1, STRING.lastIndex));
            } catch {
                // no JSON: shown as it is
            }
        }
    }
    return parse(line).text;
}

/// A line as {kind, level, at, text}: at in milliseconds or NaN. The kind of what was printed still depends on the line before.
export function parse(line) {
    let entry;
    try {
        entry = JSON.parse(line);
    } catch {
        return { kind: 'other', level: '', at: NaN, text: line };
    }
    const shown = show(entry) ?? { kind: 'other', text: JSON.stringify(entry) };
    return { level: '', ...shown, at: timeOf(entry?.timestamp) };
}

/// A time without an offset is UTC, as the API reads it; NaN if there is none.
function timeOf(timestamp) {
    if (typeof timestamp !== 'string' || !timestamp.includes('T')) return NaN;
    return Date.parse(/(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(timestamp) ? timestamp : timestamp + 'Z');
}

function show(entry) {
    const notification = entry?.notification;
    const method = notification?.method;
    const params = notification?.params ?? {};
    if (typeof method !== 'string') return null;
    if (method === 'session/update') return update(params.update ?? {});
    const message = [params.message, params.text, params.output, params.data].find((value) => typeof value === 'string');
    if (message === undefined) return { kind: 'other', text: method + ' ' + JSON.stringify(params) };
    switch (method) {
        case '_posthog/console':
            return { kind: 'console', level: text(params.level), text: message };
        case '_posthog/sandbox_output':
            return { kind: 'output', level: params.stream === 'stderr' ? 'error' : text(params.level), text: message };
        case '_posthog/progress':
            return { kind: 'progress', text: message };
        case '_posthog/error':
            return { kind: 'error', text: message };
        default:
            return { kind: 'other', text: method + ' ' + message };
    }
}

function update(update) {
    switch (update.sessionUpdate) {
        case 'agent_message':
        case 'agent_message_chunk':
        case 'agent_thought':
        case 'agent_thought_chunk':
            return { kind: 'agent', text: content(update.content) };
        case 'user_message':
        case 'user_message_chunk':
            return { kind: 'other', text: 'user: ' + content(update.content) };
        case 'tool_call':
        case 'tool_call_update':
            return tool(update);
        case 'plan':
            return {
                kind: 'progress',
                text: (Array.isArray(update.entries) ? update.entries : [])
                    .map((step) => `${step?.status === 'completed' ? '[x]' : '[ ]'} ${text(step?.content)}`)
                    .join('\n'),
            };
        default:
            return null;
    }
}

function tool(update) {
    const parts = Array.isArray(update.content) ? update.content : [];
    const diffs = parts.filter((part) => part?.type === 'diff').map(diff);
    const said = parts.filter((part) => part?.type === 'content').map((part) => content(part.content));
    const command = update.rawInput?.command ?? update.title;
    if (diffs.length) return { kind: 'diff', text: diffs.join('\n') };
    if (update.status === 'failed') return { kind: 'error', text: [text(update.title), ...said].filter(Boolean).join('\n') || 'A tool failed' };
    if (update.sessionUpdate === 'tool_call') {
        return { kind: 'command', text: Array.isArray(command) ? command.map(text).join(' ') : text(command) };
    }
    return said.length ? { kind: 'output', text: said.join('\n') } : null;
}

function diff(part) {
    const lines = (value, sign) => (typeof value === 'string' ? value.replace(/\n$/, '').split('\n').map((line) => sign + line) : []);
    return [`--- ${text(part.path)}`, ...lines(part.oldText, '-'), ...lines(part.newText, '+')].join('\n');
}

function content(value) {
    if (Array.isArray(value)) return value.map(content).join('\n');
    return typeof value?.text === 'string' ? value.text : text(value);
}

function text(value) {
    if (value === undefined || value === null) return '';
    return typeof value === 'string' ? value : JSON.stringify(value);
}
