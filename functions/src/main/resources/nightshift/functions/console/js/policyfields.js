// A policy as the fields of a form, and back.

/** The API's defaults. */
export const NEW_POLICY = {
    overlap: 'allow', retry_attempts: 0, retry_delay_seconds: 300, retry_on: 'transient', pause_after_failures: 0,
    time_limit_seconds: null, branch: null, environment: {},
};

/** The policy as its fields show it: all text. */
export function policyFields(policy) {
    const minutes = (seconds) => (seconds === null || seconds === undefined ? '' : String(seconds / 60));
    return {
        overlap: policy.overlap, retry_attempts: String(policy.retry_attempts), retry_delay_seconds: minutes(policy.retry_delay_seconds),
        retry_on: policy.retry_on, pause_after_failures: String(policy.pause_after_failures), time_limit_seconds: minutes(policy.time_limit_seconds),
        branch: policy.branch ?? '', environment: Object.entries(policy.environment ?? {}).map(([name, value]) => `${name}=${value}`).join('\n'),
    };
}

/** A field of the policy as the API takes it. What is no number is sent as it is, so that the API says so. */
export function policyValue(name, text) {
    const number = (value, factor = 1) => (value.trim() !== '' && Number.isFinite(Number(value)) ? Math.round(Number(value) * factor) : value.trim() || null);
    switch (name) {
        case 'retry_attempts':
        case 'pause_after_failures':
            return number(text || '0');
        case 'retry_delay_seconds':
        case 'time_limit_seconds':
            return number(text, 60);
        case 'branch':
            return text.trim() || null;
        case 'environment':
            return Object.fromEntries(text.split('\n').filter((line) => line.trim()).map((line) => {
                const at = line.indexOf('=');
                return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1)];
            }));
        default:
            return text;
    }
}
