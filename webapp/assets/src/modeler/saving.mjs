// A file of the draft is saved by itself: to the browser at once, to the server after a pause. Nothing typed is lost:
// the browser's copy goes only when the server has confirmed it, and a change by somebody else stops the saving.
const LOCAL_MS = 300, SERVER_MS = 1500, RETRY_MS = 8000;

/** The states of a file: what the state line says. */
export const STATES = { saved: 'saved', waiting: 'waiting', failed: 'failed', conflict: 'conflict', refused: 'refused' };

/** Not signed in, not allowed any more, or the page is too old to be trusted. */
const SIGNED_OUT = new Set([400, 401, 403]);

export class Saving {
  /**
   * @param {object} options
   * @param {string} options.address of the file
   * @param {string} options.token against forged requests
   * @param {string} options.key of the browser's copy
   * @param {() => Promise<string>} options.read gives the present content
   * @param {(state: object) => void} options.onState told of { state, at?, by?, message?, isSignedOut? }
   */
  constructor({ address, token, key, read, onState }) {
    const own = `${key}#${crypto.randomUUID?.() ?? Math.random()}`; // two windows never write over each other's copy
    Object.assign(this, { _address: address, _token: token, _prefix: `${key}#`, _key: own, _read: read, _onState: onState });
    this.revision = null;
    this.state = { state: STATES.saved, at: null };
    this._edits = 0;
    this._confirmed = 0;
  }

  get isDirty() { return this._edits > this._confirmed; }

  /** Fetch the file; a copy in this browser that the server never confirmed takes its place. */
  async load(isThere = true) {
    const theirs = isThere ? await this.fetchTheirs() : { text: '', revision: null };
    this.revision = theirs.revision;
    const kept = this._adopt(theirs.text);
    if (!kept) return { text: theirs.text, restoredFrom: null };
    this.revision = kept.revision;
    return { text: kept.text, restoredFrom: kept.at };
  }

  async fetchTheirs() {
    const response = await fetch(this._address, { credentials: 'same-origin', cache: 'no-store' });
    if (response.status === 404) return { text: '', revision: null };
    if (!response.ok) throw new Error(String(response.status));
    return { text: await response.text(), revision: JSON.parse(response.headers.get('ETag')?.replace(/^W\//, '') ?? 'null') };
  }

  /** Something changed: keep it here, send it soon. */
  touch() {
    this._edits += 1;
    clearTimeout(this._localTimer);
    this._localTimer = setTimeout(() => this.keep(), LOCAL_MS);
    if (this.state.state === STATES.conflict) return;
    this._say({ state: STATES.waiting });
    this._later(SERVER_MS);
  }

  /** Write the browser's copy now. */
  async keep() {
    if (!this.isDirty) return;
    const text = await this._read();
    try {
      localStorage.setItem(this._key, JSON.stringify({ revision: this.revision, text, at: new Date().toISOString() }));
    } catch {
      // The browser's store is full or closed: the server's copy is the only one then.
    }
  }

  /** Send it to the server now; one request at a time. */
  async save() {
    clearTimeout(this._serverTimer);
    if (this._sending) return this._sending.then(() => this.isDirty ? this.save() : undefined);
    if (!this.isDirty || this.state.state === STATES.conflict) return undefined;
    this._sending = this._send().finally(() => { this._sending = null; });
    return this._sending;
  }

  async _send() {
    const edits = this._edits, text = await this._read();
    let response;
    try {
      response = await fetch(this._address, { method: 'PUT', body: text, credentials: 'same-origin',
        headers: { 'Content-Type': 'application/octet-stream', 'X-CSRFToken': this._token,
          ...(this.revision === null ? {} : { 'If-Match': JSON.stringify(String(this.revision)) }) } });
    } catch {
      this._say({ state: STATES.failed });
      return this._later(RETRY_MS);
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return this._confirm(edits, answer);
    if (response.status === 409) return this._say({ state: STATES.conflict, by: answer.edited_by, at: answer.edited_at });
    if (response.status === 422) return this._say({ state: STATES.refused, message: answer.message });
    if (SIGNED_OUT.has(response.status)) return this._say({ state: STATES.failed, isSignedOut: true });
    this._say({ state: STATES.failed });
    return this._later(RETRY_MS);
  }

  _confirm(edits, answer) {
    this.revision = answer.revision;
    this._confirmed = Math.max(this._confirmed, edits);
    if (this.isDirty) return this._later(SERVER_MS);
    clearTimeout(this._localTimer);
    this._forget();
    return this._say({ state: STATES.saved, at: answer.saved_at });
  }

  /** Go on from what the server holds: ours was given up or saved elsewhere. */
  settle(revision) {
    this.revision = revision;
    this._confirmed = this._edits;
    this._forget();
    this._say({ state: STATES.saved, at: null });
  }

  _later(wait) {
    clearTimeout(this._serverTimer);
    this._serverTimer = setTimeout(() => this.save(), wait);
  }

  _say(state) {
    this.state = state;
    this._onState(state);
  }

  /** Take over the newest copy that some window left behind; what the server holds as well is dropped. */
  _adopt(theirs) {
    const left = Object.keys(localStorage).filter(name => name.startsWith(this._prefix))
      .map(name => ({ name, ...parsed(localStorage.getItem(name)) }));
    left.filter(each => each.text === undefined || each.text === theirs).forEach(each => localStorage.removeItem(each.name));
    const newest = left.filter(each => each.text !== undefined && each.text !== theirs).sort((a, b) => a.at < b.at ? 1 : -1)[0];
    if (!newest) return null;
    localStorage.removeItem(newest.name);
    localStorage.setItem(this._key, JSON.stringify({ revision: newest.revision, text: newest.text, at: newest.at }));
    return newest;
  }

  _forget() {
    localStorage.removeItem(this._key);
  }
}

const parsed = text => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};
