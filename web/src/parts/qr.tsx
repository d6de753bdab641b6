/** A QR code as it is shown: dark on white in either colour scheme, with its margin. */
import type { JSX } from "preact";
import type { QrDrawing } from "../lib/qr.ts";

export const QrFigure = ({ of, label }: { of: QrDrawing; label: string }): JSX.Element => (
  <svg class="qr" viewBox={`0 0 ${of.size} ${of.size}`} role="img" aria-label={label} shape-rendering="crispEdges">
    <rect width={of.size} height={of.size} fill="#fff" />
    <path d={of.path} fill="#000" />
  </svg>
);
