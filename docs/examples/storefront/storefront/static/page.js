// Shows the fees while the visitor types. Every figure is computed by the module of the price list.

const main = document.querySelector("main");
const { format, fingerprint, parse, quote, quoteWithin } = await import(main.dataset.module);

const form = document.querySelector("#price");
const spoken = document.querySelector("#spoken");
const submit = form.querySelector("[name=shown]");
const svg = form.querySelector("svg");
const all = (selector, within = form) => [...within.querySelectorAll(selector)];
const typed = (name) => form.elements[name].value.trim();
const PAUSE = 700; // milliseconds without typing, before anything is spoken or refused
const FIELDS = { merchantFeePercentage: "percentage", merchantFeeCap: "cap", amount: "amount" };

// Read the form. A field that cannot be read is in `wrong`, and nothing is computed from it.
function preview() {
  const wrong = new Set();
  const money = (name) => {
    try {
      return typed(name) ? parse(typed(name)) : null;
    } catch {
      wrong.add(name);
      return null;
    }
  };
  const percentage = typed("percentage").replace(/^%|%$/g, "").trim() || null;
  const options = { merchantFeePercentage: percentage, merchantFeeCap: money("cap") };
  const view = { wrong, options, total: money("exactly") };
  if (view.total < 0n) wrong.add("exactly");
  try {
    view.quote = quote(money("amount") ?? 0n, options);
  } catch (error) {
    wrong.add(FIELDS[error.field]);
  }
  if (wrong.has("amount") || wrong.has("percentage") || wrong.has("cap")) view.quote = null;
  return view;
}

function update() {
  const view = preview();
  for (const { name } of all("input")) if (!view.wrong.has(name)) showError(name, false);
  showFigures(view.quote);
  showExact(view);
  if (view.quote) {
    showReasons(view);
    showChart(view);
    submit.value = `${view.quote.totalAmount}:${fingerprint}:${main.dataset.token}`;
  }
  return view;
}

function showError(name, wrong) {
  form.elements[name].setAttribute("aria-invalid", wrong);
  form.querySelector(`#${name}-error`).hidden = !wrong;
}

// Put the form into the address, and say what is wrong: once typing pauses, because "1,5" can become
// "1,500".
function settle({ wrong }) {
  for (const name of wrong) showError(name, true);
  const texts = [...new FormData(form)].filter(([, text]) => text);
  history.replaceState(null, "", texts.length ? `/?${new URLSearchParams(texts)}` : "/");
}

function typing() {
  const view = update();
  clearTimeout(typing.timer);
  typing.timer = setTimeout(() => {
    settle(view);
    spoken.textContent = sentence(view);
  }, PAUSE);
}

function sentence({ quote, wrong }) {
  if (wrong.size) {
    return [...wrong].map((name) => form.querySelector(`#${name}-error`).textContent).join(" ");
  }
  return `The buyer pays ${format(quote.totalAmount)}, of which ${format(quote.totalFees)} are fees.`;
}

function showFigures(quote) {
  for (const element of all("[data-figure]")) {
    const minor = quote?.[element.dataset.figure];
    element.textContent = minor === undefined ? "–" : format(minor);
    if (element.dataset.figure !== "rate") element.dataset.minor = minor ?? "";
    else if (quote?.amount) element.textContent = rate(quote);
  }
}

function rate({ totalFees, amount }) {
  const hundredths = String((totalFees * 20000n + amount) / (2n * amount)).padStart(3, "0");
  return `${hundredths.slice(0, -2)}.${hundredths.slice(-2)}\u00a0%`;
}

function showReasons({ quote, options }) {
  const { amount, platformFeeBasis, merchantFeeBasis, clampedFrom } = quote;
  const clamped = clampedFrom !== null;
  const commission = clamped && merchantFeeBasis === "percentage" ? "clamped" : merchantFeeBasis;
  const cases = amount
    ? { platform: [platformFeeBasis], commission: [commission, clamped && "clamped"] }
    : { platform: ["zero"], commission: ["zero"] };
  for (const fee of all("[data-cases]")) {
    for (const reason of all("[data-case]", fee)) {
      reason.hidden = !cases[fee.dataset.cases].includes(reason.dataset.case);
    }
  }
  const slots = { clampedFrom, percentage: options.merchantFeePercentage, cap: format(quote.merchantFee) };
  for (const slot of all("[data-slot]")) {
    slot.textContent = slots[slot.dataset.slot] ?? slot.dataset.default;
  }
}

// The base that has a total, or the totals of the two bases around it.
function showExact({ quote: shown, options, total }) {
  const known = shown && total !== null && total >= 0n;
  const below = known ? quoteWithin(total, options) : null;
  const exact = known && below.totalAmount === total;
  let above = null;
  try {
    if (known && !exact) above = quote(below.amount + 1n, options);
  } catch {
    // No total is as large as that.
  }
  const visible = { exact, near: known && !exact, above: above !== null };
  for (const element of all("[data-case]")) {
    if (element.dataset.case in visible) element.hidden = !visible[element.dataset.case];
  }
  if (exact) showLink("exact", below, below.amount);
  if (below) showLink("below", below, below.totalAmount);
  if (above) showLink("above", above, above.totalAmount);
}

function showLink(name, { amount }, minor) {
  const link = form.querySelector(`[data-link=${name}]`);
  const texts = { amount: format(amount), percentage: typed("percentage"), cap: typed("cap") };
  link.href = `/?${new URLSearchParams(texts)}`;
  link.dataset.minor = minor;
  link.textContent = format(minor);
}

// The places on an axis, as chart.py has them.
function scale(text) {
  const [start, end, zero, low, high] = text.split(" ").map(Number);
  return (minor) => {
    const value = Number(minor);
    if (value < start) return (zero + ((low - zero) * value) / start).toFixed(1);
    const share = Math.log10(value / start) / Math.log10(end / start);
    return (low + (high - low) * Math.min(share, 1)).toFixed(1);
  };
}

const x = scale(svg.dataset.x);
const y = scale(svg.dataset.y);

function showChart({ quote: shown, options }) {
  const quotes = svg.dataset.amounts.split(" ").map((amount) => quote(BigInt(amount), options));
  for (const curve of all("[data-curve]", svg)) {
    const points = quotes.map((one) => `${x(one.amount)},${y(one[curve.dataset.curve])}`);
    curve.setAttribute("points", points.join(" "));
  }
  const visitor = svg.querySelector(".visitor");
  visitor.setAttribute("cx", x(shown.amount));
  visitor.setAttribute("cy", y(shown.totalFees));
}

form.querySelector(".secondary").hidden = true; // Enter still presses it
form.addEventListener("input", (event) => event.isComposing || typing());
form.addEventListener("compositionend", typing);
addEventListener("pageshow", () => settle(update())); // a field is restored without an input event
settle(update());
