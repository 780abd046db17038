// Shows answers. Everything that comes from the server is put into the page as text, never as markup.

/** An element with properties and children; null children are left out. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) {
      made[key] = value;
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Text in which `these` stand as code. */
export function prose(text) {
  return text.split("`").map((part, i) => (i % 2 === 1 ? element("code", { textContent: part }) : part));
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** JSON with its parts in colours; what is no JSON, as it is. Numbers are not parsed: they may be larger than a script can hold. */
export function coloured(text, isJson) {
  const shown = element("pre", { tabIndex: 0 });
  let at = 0;
  if (isJson) {
    for (const match of text.matchAll(TOKEN)) {
      const [all, string, colon, number] = match;
      const kind = string === undefined ? (number === undefined ? "word" : "number") : colon ? "field-name" : "string";
      const part = string ?? all;
      shown.append(text.slice(at, match.index), element("span", { className: kind, textContent: part }));
      at = match.index + part.length;
    }
  }
  shown.append(text.slice(at));
  return shown;
}

/** JSON with a line for each of its parts, whatever it holds: only the space between its parts changes. */
export function indented(json) {
  let depth = 0;
  let out = "";
  const line = () => "\n" + "  ".repeat(depth);
  for (const [part] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+/g)) {
    const opened = out.endsWith("{") || out.endsWith("[");
    if (part === "}" || part === "]") {
      depth--;
      out += opened ? part : line() + part;
    } else {
      out += opened ? line() + part : part;
      if (part === "{" || part === "[") {
        depth++;
      } else if (part === ",") {
        out += line();
      } else if (part === ":") {
        out += " ";
      }
    }
  }
  return out;
}

function headers(response) {
  const lines = [...response.headers].map(([name, value]) => name + ": " + value).join("\n");
  return element("details", {}, element("summary", { textContent: "Headers" }), coloured(lines, false));
}

function line(response, took) {
  const good = response.status < 400;
  return element(
    "p",
    {},
    element("span", { className: "status " + (good ? "good" : "bad"), textContent: (response.status + " " + response.statusText).trim() }),
    element("span", { className: "quiet", textContent: " after " + took + " ms" }),
  );
}

/** The bytes of a body as text, or what can be said of them. */
function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const shown = [...bytes.slice(0, 1024)].map((b) => b.toString(16).padStart(2, "0")).join(" ");
    return bytes.length + " bytes that are no text, in hex" + (bytes.length > 1024 ? " (the first 1024)" : "") + ":\n" + shown;
  }
}

/**
 * Sends a request and shows what comes, as it comes where it is a stream.
 *
 * @param request what {@link requestOf} made
 * @param place element that is filled
 * @param signal ends it
 * @returns the answer's object, where it is JSON; else null
 */
export async function send(request, place, signal) {
  const began = performance.now();
  const response = await fetch(request.url, {
    method: request.method,
    headers: request.headers,
    body: request.body === null ? undefined : request.body,
    signal,
    cache: "no-store",
    credentials: "omit",
    redirect: "follow",
    referrerPolicy: "no-referrer",
  });
  const took = Math.round(performance.now() - began);
  const type = response.headers.get("Content-Type") ?? "";
  if (type.startsWith("text/event-stream")) {
    const shown = coloured("", false);
    place.replaceChildren(line(response, took), headers(response), shown);
    await stream(response, shown);
    return null;
  }
  const text = textOf(new Uint8Array(await response.arrayBuffer()));
  const isJson = /[/+]json\b/.test(type);
  place.replaceChildren(
    line(response, took),
    headers(response),
    text === "" ? element("p", { className: "quiet", textContent: "No body." }) : coloured(isJson ? indented(text) : text, isJson),
  );
  return isJson ? JSON.parse(text) : null;
}

/** The longest part of a stream that is kept on the page. */
const SHOWN_LENGTH_MAX = 200_000;

async function stream(response, shown) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part; !(part = await reader.read()).done; ) {
    const atEnd = shown.scrollTop + shown.clientHeight >= shown.scrollHeight - 4;
    shown.textContent = (shown.textContent + part.value).slice(-SHOWN_LENGTH_MAX);
    if (atEnd) {
      shown.scrollTop = shown.scrollHeight;
    }
  }
}
