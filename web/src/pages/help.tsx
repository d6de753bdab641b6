import type { JSX } from "preact";
import type { Slot } from "../lib/slots.ts";
import { type Build, frame, type FrameData } from "./frame.tsx";

/** Data of `/{lang}/help`: nothing but the frame's. */
export type HelpData = FrameData;

const TOPICS = ["nominate", "code", "secret", "change", "device", "receipt", "used", "withdraw"] as const;

export function help(build: Build, data: Slot<HelpData>): JSX.Element {
  const { t } = build;
  return frame(build, {
    title: t("help.title"),
    data,
    main: (
      <>
        <h1>{t("help.heading")}</h1>
        {TOPICS.map((topic) => (
          <section>
            <h2 id={topic}>{t(`help.${topic}`)}</h2>
            <p>{t(`help.${topic}_text`)}</p>
          </section>
        ))}
      </>
    ),
  });
}
