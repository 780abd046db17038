// Makes the page of the server's own description: operations by group, each with a form that sends it.

import { coloured, element, prose, send } from "./answer.js";
import { curlOf, isResolvedAway, requestOf } from "./request.js";

/** With more optional fields than these, a form folds them. */
const FOLDED_FROM = 2;

const METHODS = ["get", "post", "put", "patch", "delete"];
const base = new URL(".", document.baseURI).href;
const token = document.getElementById("token");

/** What a reference stands for; what is none stands for itself. */
function resolved(api, part) {
  return part && part.$ref ? part.$ref.slice(2).split("/").reduce((at, name) => at[name], api) : part;
}

function operationsOf(api) {
  const all = [];
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const operation = item[method];
      all.push({
        ...operation,
        method,
        path,
        parameters: (operation.parameters ?? []).map((parameter) => resolved(api, parameter)),
      });
    }
  }
  return all;
}

/** The control for a parameter; its value is empty where it is not to be sent. */
function control(api, parameter, id) {
  const schema = { ...resolved(api, parameter.schema), ...parameter.schema };
  const choices = schema.type === "boolean" ? ["true", "false"] : schema.enum;
  if (choices) {
    const options = ["", ...choices].map((choice) => element("option", { value: choice, textContent: choice || "not given" }));
    return element("select", { id }, ...options);
  }
  const number = schema.type === "integer";
  return element("input", {
    id,
    type: "text",
    inputMode: number ? "numeric" : "text",
    autocomplete: "off",
    spellcheck: false,
    value: parameter.required ? String(parameter.example ?? "") : "",
    required: parameter.required === true,
    title: number ? "a whole number" : "",
  });
}

function field(label, place, needed, input, about) {
  const named = element("label", { htmlFor: input.id }, element("code", { textContent: label }));
  if (needed) {
    named.append(element("span", { className: "needed", textContent: " required" }));
  }
  named.append(element("span", { className: "place", textContent: place }));
  const described = element("div", { className: "about-it", id: input.id + "-about" }, ...prose(about));
  input.setAttribute("aria-describedby", described.id);
  return element("div", { className: "field" }, named, input, described);
}

/** The media types of the answers that went well. */
function forms(operation) {
  const found = new Set();
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (status < "300") {
      Object.keys(answer.content ?? {}).forEach((type) => found.add(type.split(";")[0]));
    }
  }
  return [...found];
}

function answersTable(api, operation) {
  const rows = Object.entries(operation.responses).map(([status, answer]) =>
    element(
      "tr",
      {},
      element("td", { className: "mono " + (status < "400" ? "good" : "bad"), textContent: status }),
      element("td", {}, ...prose(resolved(api, answer).description)),
    ),
  );
  return element("table", { className: "answers" }, element("tbody", {}, ...rows));
}

/** An example of an answer that went well. */
function exampleOf(operation) {
  for (const answer of Object.values(operation.responses)) {
    for (const media of Object.values(answer.content ?? {})) {
      if (media.example !== undefined) {
        return media.example;
      }
    }
  }
  return undefined;
}

function reference(api, operation) {
  const inside = element("details", {}, element("summary", { textContent: "Answers" }), answersTable(api, operation));
  const example = exampleOf(operation);
  if (example !== undefined) {
    const isText = typeof example === "string";
    inside.append(coloured(isText ? example : JSON.stringify(example, null, 2), !isText));
  }
  return inside;
}

/** All that is filled in for an operation. */
class Form {
  constructor(api, operation) {
    this.operation = operation;
    this.id = operation.operationId;
    this.fields = operation.parameters.map((parameter, i) => ({
      parameter,
      input: control(api, parameter, `${this.id}-${i}`),
    }));
    this.accept = element("select", { id: `${this.id}-accept` });
    this.accept.append(...forms(operation).map((type) => element("option", { value: type, textContent: type })));
    const media = operation.requestBody?.content["application/json"];
    this.body = media ? element("textarea", { id: `${this.id}-body`, spellcheck: false }) : null;
    if (this.body) {
      this.body.value = JSON.stringify(media.example, null, 2);
    }
  }

  /** What must be given first, then the rest, folded where it is much. */
  elements() {
    const needed = [];
    const optional = [];
    for (const { parameter, input } of this.fields) {
      const made = field(parameter.name, "in the " + parameter.in, parameter.required, input, parameter.description);
      (parameter.required ? needed : optional).push({ name: parameter.name, made });
    }
    if (this.accept.options.length > 1) {
      optional.push({ name: "Accept", made: field("Accept", "in the header", false, this.accept, "The form of the answer.") });
    }
    if (this.body) {
      const required = this.operation.requestBody.required;
      needed.push({ name: "body", made: field("body", "application/json", required, this.body, "") });
    }
    const rest = optional.map(({ made }) => made);
    if (rest.length > FOLDED_FROM) {
      const names = optional.map(({ name }) => name).join(", ");
      rest.splice(0, rest.length, element("details", {}, element("summary", { textContent: "More: " + names }), ...rest));
    }
    return [...needed.map(({ made }) => made), ...rest];
  }

  /** The request; a TypeError tells the person what cannot be sent. */
  request() {
    const filled = [];
    for (const { parameter, input } of this.fields) {
      if (parameter.in === "path" && isResolvedAway(input.value)) {
        throw new TypeError(
          `No browser can send the key “${input.value}” in a path. Choose encoding base64, and give it as ${btoa(input.value)}.`,
        );
      }
      if (input.value !== "") {
        filled.push({ name: parameter.name, in: parameter.in, value: input.value });
      }
    }
    const body = this.body && this.body.value.trim() !== "" ? this.body.value : null;
    return requestOf(base, this.operation, filled, body, this.accept.value || null, token.value.trim());
  }
}

function inside(api, operation) {
  const form = new Form(api, operation);
  const answer = element("div", { role: "status", "aria-live": "polite" });
  const command = element("pre", { tabIndex: 0, "aria-label": "The same with curl" });
  const sending = element("button", { type: "submit", className: "send", textContent: "Send" });
  const stopping = element("button", { type: "button", textContent: "Stop", hidden: true });
  const copying = element("button", { type: "button", textContent: "Copy the curl command" });
  let ending = null;

  const showCommand = () => {
    try {
      command.textContent = curlOf(form.request());
    } catch (problem) {
      command.textContent = problem.message;
    }
  };
  const submit = async (event) => {
    event.preventDefault();
    showCommand();
    ending = new AbortController();
    sending.disabled = true;
    stopping.hidden = false;
    answer.replaceChildren(element("p", { className: "quiet", textContent: "Waiting for the answer…" }));
    try {
      const answered = await send(form.request(), answer, ending.signal);
      offerToken(operation, answered, answer);
    } catch (problem) {
      const stopped = problem.name === "AbortError";
      answer.append(element("p", { className: stopped ? "quiet" : "failed", textContent: stopped ? "Stopped." : problem.message }));
    } finally {
      sending.disabled = false;
      stopping.hidden = true;
    }
  };
  stopping.addEventListener("click", () => ending?.abort());
  copying.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(command.textContent);
    copying.textContent = "Copied";
  });
  const actions = element("div", { className: "actions" }, sending, stopping, navigator.clipboard ? copying : null);
  const asked = element("form", { autocomplete: "off" }, ...form.elements(), actions);
  asked.addEventListener("submit", submit);
  asked.addEventListener("input", () => {
    copying.textContent = "Copy the curl command";
    showCommand();
  });
  token.addEventListener("input", showCommand);
  showCommand();
  return element(
    "div",
    { className: "inside" },
    element("p", { className: "prose" }, ...prose(operation.description)),
    asked,
    element("h3", { textContent: "The same with curl" }),
    command,
    answer,
    reference(api, operation),
  );
}

/** After a login: takes its token over. */
function offerToken(operation, answered, place) {
  if (answered && typeof answered.token === "string") {
    const taking = element("button", { type: "button", textContent: "Use this token from now on" });
    taking.addEventListener("click", () => {
      token.value = answered.token;
      token.dispatchEvent(new Event("input"));
      taking.textContent = "Used: it stands above, and nowhere else";
      taking.disabled = true;
    });
    place.append(taking);
  }
}

function shown(api, operation) {
  const made = element(
    "details",
    { className: "operation", id: operation.operationId },
    element(
      "summary",
      {},
      element("span", { className: "method " + operation.method, textContent: operation.method.toUpperCase() }),
      element("code", { className: "path", textContent: operation.path }),
      element("span", { className: "what", textContent: operation.summary }),
    ),
  );
  // What is never opened is never made.
  made.addEventListener("toggle", () => made.open && made.childElementCount === 1 && made.append(inside(api, operation)));
  return made;
}

function link(operation) {
  return element(
    "li",
    {},
    element(
      "a",
      { href: "#" + operation.operationId },
      element("span", { className: "method " + operation.method, textContent: operation.method.toUpperCase() }),
      element("span", { textContent: operation.summary }),
    ),
  );
}

/** Opens the operation that the address names. */
function open() {
  const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wanted && wanted.tagName === "DETAILS") {
    wanted.open = true;
    wanted.scrollIntoView();
    wanted.querySelector("summary").focus({ preventScroll: true });
  }
}

function show(description) {
  document.getElementById("title").textContent = description.info.title;
  document.getElementById("version").textContent = description.info.version;
  const [summary, ...rest] = description.info.description.split("\n\n");
  document.getElementById("summary").textContent = summary;
  document.getElementById("description").append(...rest.map((text) => element("p", {}, ...prose(text))));
  const operations = operationsOf(description);
  const found = [];
  for (const tag of description.tags) {
    const own = operations.filter((operation) => operation.tags.includes(tag.name));
    const section = element(
      "section",
      { className: "group" },
      element("h2", { textContent: tag.name }),
      element("p", { textContent: tag.description }),
    );
    const heading = element("h2", { textContent: tag.name });
    const list = element("ul");
    for (const operation of own) {
      const made = { operation, section: shown(description, operation), link: link(operation) };
      section.append(made.section);
      list.append(made.link);
      found.push(made);
    }
    document.getElementById("operations").append(section);
    document.getElementById("contents").append(element("div", {}, heading, list));
  }
  document.getElementById("filter").addEventListener("input", (event) => filter(found, event.target.value));
}

function filter(found, text) {
  const words = text.toLowerCase().split(/\s+/);
  for (const { operation, section, link } of found) {
    const all = [operation.method, operation.path, operation.summary, operation.operationId].join(" ").toLowerCase();
    section.hidden = link.hidden = !words.every((word) => all.includes(word));
  }
  document.querySelectorAll(".group, #contents > div").forEach((group) => {
    group.hidden = !group.querySelector("details:not([hidden]), li:not([hidden])");
  });
}

async function begin() {
  const state = document.getElementById("state");
  document.getElementById("access").addEventListener("submit", (event) => event.preventDefault());
  try {
    const response = await fetch(base + "openapi.json", { credentials: "omit" });
    if (!response.ok) {
      throw new TypeError("The description could not be read: " + response.status + ". Reload the page to try again.");
    }
    show(await response.json());
    state.remove();
    open();
    addEventListener("hashchange", open);
  } catch (problem) {
    state.className = "failed";
    state.textContent = problem.message;
  }
}

begin();
