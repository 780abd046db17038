// What a person filled in, as a request, and as the command that sends the same. Nothing here knows of the page.

/** A part of a path: every byte that a path may not hold as it is, escaped. Also a slash, so that a key stays one part. */
export function segment(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
}

/**
 * Whether a browser would resolve this part of a path instead of sending it (URL Standard, "double-dot URL path segment").
 * Then the same key in base64 is the way.
 */
export function isResolvedAway(text) {
  return text === "." || text === "..";
}

/**
 * The request of an operation.
 *
 * @param base address of the server, ending with a slash
 * @param operation { method, path }
 * @param filled [{ name, in, value }] of the parameters that were filled in
 * @param body text of the body, or null
 * @param accept media type that is wanted, or null
 * @param token what proves who asks, or empty
 * @returns { method, url, headers, body }
 */
export function requestOf(base, operation, filled, body, accept, token) {
  let path = operation.path.slice(1);
  const query = [];
  const headers = {};
  for (const { name, in: place, value } of filled) {
    if (place === "path") {
      path = path.replace("{" + name + "}", () => segment(value));
    } else if (place === "query") {
      query.push(encodeURIComponent(name) + "=" + encodeURIComponent(value));
    } else {
      headers[name] = value;
    }
  }
  if (accept !== null) {
    headers.Accept = accept;
  }
  if (body !== null) {
    headers["Content-Type"] = "application/json";
  }
  if (token !== "") {
    headers.Authorization = "Bearer " + token;
  }
  const url = base + path + (query.length === 0 ? "" : "?" + query.join("&"));
  return { method: operation.method.toUpperCase(), url, headers, body };
}

/** A word of a shell's command that stands for exactly this text (POSIX, 2.2.2). */
export function quoted(text) {
  return /^[A-Za-z0-9_\/:=.,@%+-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'";
}

/** The command that sends a request. The token stands in it as the variable BLOCKDB_TOKEN, so that it can be shown to others. */
export function curlOf(request) {
  const sends = request.body !== null;
  const method = request.method === "GET" || (request.method === "POST" && sends) ? "" : "-X " + request.method + " ";
  const words = ["curl " + method + quoted(request.url)];
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === "Authorization") {
      words.push('-H "Authorization: Bearer $BLOCKDB_TOKEN"');
    } else if (!(name === "Accept" && value === "application/json")) {
      words.push("-H " + quoted(name + ": " + value));
    }
  }
  if (sends) {
    words.push("--data-raw " + quoted(request.body));
  }
  return words.join(" \\\n  ");
}
