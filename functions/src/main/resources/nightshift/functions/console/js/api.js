// Calls of the API. A refusal is an ApiError; reads are tried again when the network or the gateway fails.

const ROOT = new URL('../../api/', import.meta.url);
const PASSING = new Set([429, 502, 503, 504]);
const LONGEST_PAUSE = 15_000;

/** A refusal of the API, in its own words. */
export class ApiError extends Error {
    constructor(status, body) {
        super(body?.detail ?? body?.error ?? `The API answered ${status}.`);
        this.status = status;
        this.code = body?.code ?? null;
        this.attr = body?.attr ?? null;
        this.body = body;
    }
}

export const isAbort = (failure) => failure?.name === 'AbortError';

export class Api {
    /**
     * @param key the personal API key
     * @param project the project's id
     * @param events `refused()` is called on 401; `trouble(text)` when a read is tried again, and with null afterwards
     */
    constructor(key, project, events = {}) {
        this.key = key;
        this.project = project;
        this.events = events;
    }

    /** The URL of a path of the project, or of the API if the path begins with a slash. */
    url(path, query = {}) {
        const url = path.startsWith('/')
            ? new URL(path.slice(1), ROOT)
            : new URL(`projects/${encodeURIComponent(this.project)}/${path}`, ROOT);
        for (const [name, value] of Object.entries(query)) {
            if (value !== null && value !== undefined && value !== '') url.searchParams.set(name, value);
        }
        return url;
    }

    /** Reads a resource: its body. Waits and tries again while the network is lost or the API is busy. */
    async get(path, query = {}, { signal, key = this.key } = {}) {
        const answer = await this.patiently(() => this.request('GET', path, { query, signal, key }), signal);
        return answer.body;
    }

    /** All results of a list, page after page, at most `most`. */
    async all(path, query = {}, { signal, limit = 1_000, most = 10_000 } = {}) {
        const results = [];
        let first;
        do {
            const page = await this.get(path, { ...query, limit, offset: results.length }, { signal });
            first ??= page;
            results.push(...page.results);
            if (page.results.length === 0 || page.next === null) break;
        } while (results.length < most);
        return { ...first, results };
    }

    /** Sends a change once: `{status, body, etag}`. */
    send(method, path, body, { headers = {}, signal, query } = {}) {
        return this.request(method, path, { body, headers, signal, query });
    }

    /** The plain response to a GET, for logs and other bytes. Throws an ApiError on a refusal. */
    async response(path, { query = {}, headers = {}, signal } = {}) {
        const response = await fetch(this.url(path, query), {
            headers: { ...headers, Authorization: `Bearer ${this.key}` }, signal, credentials: 'omit',
        });
        if (response.ok || response.status === 304) return response;
        throw await this.refusal(response);
    }

    async request(method, path, { body, query, headers = {}, signal, key = this.key }) {
        const sent = { ...headers, Authorization: `Bearer ${key}` };
        if (body !== undefined) sent['Content-Type'] = 'application/json';
        const response = await fetch(this.url(path, query), {
            method, headers: sent, signal, credentials: 'omit',
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        if (!response.ok) throw await this.refusal(response);
        const text = await response.text();
        return {
            status: response.status,
            body: text ? JSON.parse(text) : null,
            etag: response.headers.get('ETag'),
        };
    }

    async refusal(response) {
        const text = await response.text();
        let body = null;
        try {
            body = JSON.parse(text);
        } catch {
            // a proxy's own words, which are not shown
        }
        const refusal = new ApiError(response.status, body);
        refusal.retryAfter = Number(response.headers.get('Retry-After')) * 1_000 || 0;
        if (response.status === 401) this.events.refused?.(refusal);
        return refusal;
    }

    async patiently(call, signal) {
        for (let attempt = 0; ; attempt++) {
            try {
                const answer = await call();
                if (attempt > 0) this.events.trouble?.(null);
                return answer;
            } catch (failure) {
                if (isAbort(failure) || signal?.aborted) throw failure;
                if (failure instanceof ApiError && !PASSING.has(failure.status)) throw failure;
                if (!(failure instanceof ApiError) && !(failure instanceof TypeError)) throw failure;
                this.events.trouble?.(failure instanceof ApiError && failure.status === 429
                    ? 'The API is busy. Trying again.'
                    : 'The connection is lost. Trying again.');
                await pause(Math.max(failure.retryAfter ?? 0, Math.min(1_000 * 2 ** attempt, LONGEST_PAUSE)), signal);
            }
        }
    }
}

function pause(millis, signal) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, millis);
        signal?.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(new DOMException('The view was left.', 'AbortError'));
        }, { once: true });
    });
}
