import type { JSX } from "preact";
import { type Int, plain, type Slot, text, url, when } from "../lib/slots.ts";
import { type Build, frame, type FrameData } from "./frame.tsx";

/** Data of `/{lang}/problems/{code}` and of every page that could not be shown. */
export interface ProblemData extends FrameData {
  problem: {
    code: string;
    status: Int;
    title: string;
    /** What happened, what is safe, what to do next. */
    detail: string;
    /** Of the request that failed; null where a problem is only explained. */
    request_id: string | null;
  };
}

export function problem(build: Build, data: Slot<ProblemData>): JSX.Element {
  const { t } = build;
  const of = data.problem;
  return frame(build, {
    title: t("problem.page_title", { title: text(of.title) }),
    data,
    main: (
      <>
        <h1>{text(of.title)}</h1>
        <p>{text(of.detail)}</p>
        <p>
          <a class="button" href={url(data.home_url)}>
            {t("problem.home")}
          </a>
        </p>
        <dl>
          <dt>{t("problem.code")}</dt>
          <dd class="code">{text(of.code)}</dd>
          <dt>{t("problem.status")}</dt>
          <dd>{plain(of.status)}</dd>
          {when(
            of.request_id,
            <>
              <dt>{t("problem.request_id")}</dt>
              <dd class="code">{text(of.request_id as Slot<string>)}</dd>
            </>,
          )}
        </dl>
        <p class="quiet">{t("problem.repeat")}</p>
      </>
    ),
  });
}
