import type { JSX } from "preact";
import { each, type Slot, text } from "../lib/slots.ts";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";

/** Data of `/{lang}/{campaign}/verify`. The receipt's code is in the fragment: the server never gets it. */
export interface VerifyData extends FrameData {
  campaign: CampaignFrame;
  /** The log's verifier key (vkey). */
  vkey: string;
  /** Where the ledger's files are, without a slash at the end. */
  prefix: string;
  /** The command line that checks a receipt without this page. */
  command: string;
  categories: { id: string; name: string }[];
}

export function verify(build: Build, data: Slot<VerifyData>): JSX.Element {
  const { t } = build;
  return frame(build, {
    title: t("verify.title", { name: text(data.campaign.name) }),
    data,
    campaign: data.campaign,
    scripts: ["verify.tsx"],
    sheets: ["verify"],
    budget: "verify",
    main: (
      <>
        <h1>{t("verify.heading")}</h1>
        <p>{t("verify.lead")}</p>
        <div id="verify" data-vkey={text(data.vkey)} data-prefix={text(data.prefix)}>
          <p>{t("verify.no_script")}</p>
          <pre class="code">{text(data.command)}</pre>
          <ul hidden>{each(data.categories, (category) => <li data-cat={text(category.id)}>{text(category.name)}</li>)}</ul>
        </div>
        <ul class="links">
          <li>
            <a href="audit">{t("verify.audit")}</a>
          </li>
        </ul>
      </>
    ),
  });
}
