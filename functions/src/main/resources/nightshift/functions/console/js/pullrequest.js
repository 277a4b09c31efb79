// The words for a link to a pull request.

/** `Pull request acme/shop#4821`, or the link itself where it is none of GitHub's. */
export function pullRequest(link) {
    const found = /^https:\/\/[^/]+\/([^/]+\/[^/]+)\/(?:pull|pulls|-\/merge_requests)\/(\d+)/.exec(link);
    return found ? `Pull request ${found[1]}#${found[2]}` : link;
}
