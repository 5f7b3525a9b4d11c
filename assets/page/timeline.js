// The last 30 seconds of each face, as in the program's window: stacked areas of probabilities.

const SPAN_S = 30;
const BIN_S = 0.125;
const MAX_GAP_BINS = 4;
const TICK_S = 10;
const OPACITY = 0.85;

/** The recent probabilities of all faces, in bins of time. */
export class History {
  #tracks = new Map();
  #time = -Infinity;

  /** Add a frame: `shares` of each face that counts, in the order of the expressions. */
  add(time, faces) {
    if (time < this.#time) this.#tracks.clear(); // another source, or a clip that begins again
    this.#time = time;
    const bin = Math.floor(time / BIN_S);
    for (const { track, shares } of faces) {
      const bins = this.#tracks.get(track) ?? [];
      const last = bins[bins.length - 1];
      if (last?.bin === bin) {
        last.count += 1;
        last.shares = last.shares.map((mean, i) => mean + (shares[i] - mean) / last.count);
      } else {
        bins.push({ bin, count: 1, shares });
      }
      while (bins[0].bin < bin - SPAN_S / BIN_S - MAX_GAP_BINS) bins.shift();
      this.#tracks.set(track, bins);
    }
    for (const [track, bins] of this.#tracks) {
      if (bins[bins.length - 1].bin * BIN_S < time - SPAN_S) this.#tracks.delete(track);
    }
  }

  /** Bins of a face, split where it was not seen. */
  runs(track) {
    const runs = [];
    for (const bin of this.#tracks.get(track) ?? []) {
      const run = runs[runs.length - 1];
      if (run && bin.bin - run[run.length - 1].bin <= MAX_GAP_BINS) run.push(bin);
      else runs.push([bin]);
    }
    return runs;
  }

  /** Mean probabilities of a face over the span; null if it was not seen. */
  means(track) {
    const bins = this.#tracks.get(track);
    if (!bins?.length) return null;
    return bins[0].shares.map((_, i) => bins.reduce((sum, bin) => sum + bin.shares[i], 0) / bins.length);
  }
}

/** Draw the runs of a face, with `now` at the right edge. */
export function drawTimeline(canvas, runs, colors, now) {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (!width || !height) return;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  pen.globalAlpha = OPACITY;
  const x = (bin) => width * (1 - (now - (bin + 0.5) * BIN_S) / SPAN_S);
  for (const run of runs) drawRun(pen, run, colors, x, height);
  pen.globalAlpha = 1;
  pen.fillStyle = "rgba(190, 196, 204, .9)";
  const tick = Math.max(1, Math.round(ratio));
  for (let ago = TICK_S; ago < SPAN_S; ago += TICK_S) {
    const at = Math.round(width * (1 - ago / SPAN_S));
    pen.fillRect(at, 0, tick, height * 0.16);
    pen.fillRect(at, height * 0.84, tick, height * 0.16);
  }
}

function drawRun(pen, run, colors, x, height) {
  // From the top of the stack down: each area is painted over by those below it.
  const ends = [run[0].bin - 0.5, ...run.map((bin) => bin.bin), run[run.length - 1].bin + 0.5];
  const rows = [run[0].shares, ...run.map((bin) => bin.shares), run[run.length - 1].shares];
  let lower = rows.map(() => 0);
  colors.forEach((color, i) => {
    const upper = rows.map((shares, place) => lower[place] + shares[i]);
    pen.beginPath();
    upper.forEach((top, place) => pen.lineTo(x(ends[place]), height * (1 - top)));
    for (let place = rows.length - 1; place >= 0; place -= 1) {
      pen.lineTo(x(ends[place]), height * (1 - lower[place]));
    }
    pen.fillStyle = color;
    pen.fill();
    lower = upper;
  });
}
