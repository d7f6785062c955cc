/** As much of a browser's XMLHttpRequest as phoenix 1.7 uses, by fetch. */
export class XMLHttpRequest {
  readyState = 0;
  responseText = "";
  timeout = 0;
  onerror = null;
  onreadystatechange = null;
  ontimeout = null;
  #headers = {};
  #abort = new AbortController();

  open(method, url) {
    this.method = method;
    this.url = url;
  }

  setRequestHeader(name, value) {
    this.#headers[name] = value;
  }

  abort() {
    this.#abort.abort();
  }

  async send(body) {
    const timer = this.timeout && setTimeout(() => this.#abort.abort("timeout"), this.timeout);
    try {
      const response = await fetch(this.url, { method: this.method, headers: this.#headers, body, signal: this.#abort.signal });
      this.responseText = await response.text();
    } catch {
      if (this.#abort.signal.reason === "timeout") this.ontimeout?.();
      else if (!this.#abort.signal.aborted) this.onerror?.();
      return;
    } finally {
      clearTimeout(timer);
    }
    this.readyState = 4;
    this.onreadystatechange?.();
  }
}
