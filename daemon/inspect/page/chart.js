// Graphs of the last minutes.

/** For how long a graph goes back, in milliseconds. */
const chartSpan = 5 * 60 * 1000;

/** The samples that all graphs show, oldest first. */
const samples = [];

function addSamples(list) {
  const last = samples.at(-1)?.time ?? 0;
  samples.push(...list.filter((sample) => sample.time > last));
  while (samples.length > 0 && samples[0].time < Date.now() - 2 * chartSpan) samples.shift();
}

/**
 * A graph: series are { name, color, value(sample) }, color the name of a variable of the style; format shows a value; least is
 * how high the graph is at least.
 */
function chart(title, series, format, least) {
  const canvas = h("canvas", { role: "img", "aria-label": title + ", the last five minutes" });
  const legend = h("div", { class: "legend" });
  const element = h("section", { class: "card chart" }, h("h2", null, title), canvas, legend);
  const values = series.map(({ name, color }) => {
    const swatch = h("i");
    swatch.style.background = `var(--${color})`;
    const value = h("b");
    legend.append(h("span", null, swatch, name + " ", value));
    return value;
  });
  let pointer; // x in the canvas; undefined while it is elsewhere
  canvas.onpointermove = (event) => {
    pointer = event.offsetX;
    draw();
  };
  canvas.onpointerleave = () => {
    pointer = undefined;
    draw();
  };

  function draw() {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0) return;
    const ratio = devicePixelRatio;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue("--" + name);
    const g = canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);

    const end = samples.at(-1)?.time ?? Date.now();
    const shown = samples.filter((sample) => sample.time >= end - chartSpan);
    const top = niceTop(Math.max(least, ...shown.flatMap((sample) => series.map((s) => s.value(sample) ?? 0))));
    const left = 58, bottom = 18, right = 6, above = 8;
    const x = (time) => left + ((time - end + chartSpan) / chartSpan) * (width - left - right);
    const y = (value) => height - bottom - (value / top) * (height - bottom - above);

    g.font = "11px system-ui, sans-serif";
    g.fillStyle = color("quiet");
    g.strokeStyle = color("grid");
    g.lineWidth = 1;
    g.textBaseline = "middle";
    g.textAlign = "right";
    for (const part of [0, 0.5, 1]) {
      const at = Math.round(y(top * part)) + 0.5;
      g.beginPath();
      g.moveTo(left, at);
      g.lineTo(width - right, at);
      g.stroke();
      g.fillText(format(top * part), left - 6, at);
    }
    g.textBaseline = "alphabetic";
    for (let minutes = 4; minutes >= 0; minutes--) {
      g.textAlign = minutes === 0 ? "right" : "center";
      g.fillText(minutes === 0 ? "now" : `−${minutes} min`, x(end - minutes * 60_000), height - 3);
    }

    for (const s of series) {
      g.strokeStyle = color(s.color);
      g.lineWidth = 1.75;
      g.lineJoin = "round";
      g.beginPath();
      let before;
      for (const sample of shown) {
        const value = s.value(sample);
        if (value === undefined) continue;
        if (before === undefined || sample.time - before > 5000) g.moveTo(x(sample.time), y(value)); // a gap: the page was away
        else g.lineTo(x(sample.time), y(value));
        before = sample.time;
      }
      g.stroke();
      if (series.length === 1 && shown.length > 1) {
        g.lineTo(x(shown.at(-1).time), y(0));
        g.lineTo(x(shown[0].time), y(0));
        g.globalAlpha = 0.1;
        g.fillStyle = color(s.color);
        g.fill();
        g.globalAlpha = 1;
      }
    }

    let at = shown.at(-1);
    if (pointer !== undefined && shown.length > 0) {
      for (const sample of shown) {
        if (Math.abs(x(sample.time) - pointer) < Math.abs(x(at.time) - pointer)) at = sample;
      }
      g.strokeStyle = color("quiet");
      g.lineWidth = 1;
      g.beginPath();
      g.moveTo(Math.round(x(at.time)) + 0.5, above);
      g.lineTo(Math.round(x(at.time)) + 0.5, height - bottom);
      g.stroke();
      g.fillStyle = color("quiet");
      g.textAlign = x(at.time) > width / 2 ? "right" : "left";
      g.fillText(formatClock(at.time), x(at.time) + (g.textAlign === "left" ? 5 : -5), above + 8);
    }
    for (const [i, s] of series.entries()) {
      const value = at && s.value(at);
      setText(values[i], value === undefined ? "" : format(value));
    }
  }
  return { element, draw };
}

/** The next number of the form 1, 2 or 5 times a power of ten. */
function niceTop(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((n) => n * power >= value) * power;
}
