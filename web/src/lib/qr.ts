/** QR codes, drawn as one SVG path; the encoder (lean-qr) is loaded when one is shown. */
export interface QrDrawing {
  /** Modules a side, the quiet zone of four on each side included: the viewBox is `0 0 size size`. */
  size: number;
  /** The `d` of a <path> that fills the dark modules. */
  path: string;
}

const QUIET = 4;

export async function drawQr(text: string): Promise<QrDrawing> {
  const { generate } = await import("lean-qr");
  const code = generate(text);
  let path = "";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      let width = 0;
      while (x + width < code.size && code.get(x + width, y)) width++;
      if (width > 0) path += `M${x + QUIET} ${y + QUIET}h${width}v1h-${width}z`;
      x += width;
    }
  }
  return { size: code.size + 2 * QUIET, path };
}
