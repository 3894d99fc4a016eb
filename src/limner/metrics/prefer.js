// Which drawing people prefer: pairs of pictures in, one choice a pair out. The first half is pure and tested by itself.
"use strict";

// A small generator of repeatable random numbers in [0, 1) (mulberry32).
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffled(count, random) {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

// What one rater sees: every pair once, in an order of his own. A is on the left in half of the pairs; raters 1 and 2,
// 3 and 4, … see the same pairs with the sides exchanged.
function plan(count, rater, seed) {
  const couple = Math.ceil(rater / 2);
  const sides = shuffled(count, generator(seed * 7919 + couple));
  const swap = rater % 2 === 0;
  const order = shuffled(count, generator(seed * 7919 + 104729 * rater + 1));
  return order.map((pair) => ({ pair, aLeft: (sides[pair] % 2 === 0) !== swap }));
}

// Wilson's interval of 95 %.
function wilson(successes, trials) {
  if (!trials) return [0, 1];
  const z = 1.959963984540054;
  const p = successes / trials;
  const pull = (z * z) / trials;
  const half = z * Math.sqrt((p * (1 - p)) / trials + pull / (4 * trials));
  return [-1, 1].map((s) => Math.min(1, Math.max(0, (p + pull / 2 + s * half) / (1 + pull))));
}

function verdict(names, chosenA, trials) {
  const [low, high] = wilson(chosenA, trials);
  const percent = (x) => `${(100 * x).toFixed(0)} %`;
  const figures = `${names[0]} was chosen in ${chosenA} of ${trials} pairs: ${percent(chosenA / trials)}, `
    + `95 % interval ${percent(low)} to ${percent(high)}.`;
  if (low > 0.5) return `${figures} ${names[0]} is preferred.`;
  if (high < 0.5) return `${figures} ${names[1]} is preferred.`;
  return `${figures} That does not tell the two apart.`;
}

function start() {
  const study = JSON.parse(document.getElementById("study").textContent);
  const element = (id) => document.getElementById(id);
  const votes = [];
  let trials = [];
  let rater = 1;
  let shownAt = 0;

  function show(name) {
    for (const id of ["begin", "trial", "end"]) element(id).hidden = id !== name;
  }

  function next() {
    if (votes.length === trials.length) {
      finish();
      return;
    }
    const { pair, aLeft } = trials[votes.length];
    const { a, b, photo } = study.pairs[pair];
    element("left-picture").src = aLeft ? a : b;
    element("right-picture").src = aLeft ? b : a;
    element("photo").hidden = !photo;
    if (photo) element("photo-picture").src = photo;
    element("progress").textContent = `${votes.length + 1} of ${trials.length}`;
    shownAt = performance.now();
    element("trial").focus();
  }

  function choose(left) {
    // A key held down must not vote for what was not seen yet.
    if (element("trial").hidden || performance.now() - shownAt < 250) return;
    const { pair, aLeft } = trials[votes.length];
    votes.push({
      pair: study.pairs[pair].name,
      a_left: aLeft,
      choice: left === aLeft ? "A" : "B",
      ms: Math.round(performance.now() - shownAt),
    });
    next();
  }

  function finish() {
    show("end");
    const chosenA = votes.filter((v) => v.choice === "A").length;
    element("verdict").textContent = verdict(study.names, chosenA, votes.length);
    const left = votes.filter((v) => (v.choice === "A") === v.a_left).length;
    element("bias").textContent = `The left side was chosen in ${left} of ${votes.length} pairs.`;
    const result = { study: study.id, names: study.names, rater, votes };
    const file = new Blob([`${JSON.stringify(result)}\n`], { type: "application/json" });
    element("save").href = URL.createObjectURL(file);
    element("save").download = `votes-${study.id}-rater-${rater}.json`;
    element("verdict").focus();
  }

  element("begin").addEventListener("submit", (event) => {
    event.preventDefault();
    rater = Math.max(1, Math.floor(Number(element("rater").value) || 1));
    trials = plan(study.pairs.length, rater, study.seed);
    show("trial");
    next();
  });
  element("left").addEventListener("click", () => choose(true));
  element("right").addEventListener("click", () => choose(false));
  document.addEventListener("keydown", (event) => {
    if (event.repeat) return;
    if (event.key === "ArrowLeft") choose(true);
    if (event.key === "ArrowRight") choose(false);
  });
}

if (typeof document === "undefined") module.exports = { generator, plan, shuffled, verdict, wilson };
else start();
