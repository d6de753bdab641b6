import type { JSX } from "preact";
import { each, type Slot, text } from "../lib/slots.ts";
import { type Build, frame } from "./frame.tsx";
import type { VerifyData } from "./verify.tsx";

/** `/{lang}/{campaign}/audit`: the whole ledger, gone through in the browser. */
export function audit(build: Build, data: Slot<VerifyData>): JSX.Element {
  const { t, assets } = build;
  return frame(build, {
    title: t("audit.title", { name: text(data.campaign.name) }),
    data,
    campaign: data.campaign,
    scripts: ["audit.tsx"],
    sheets: ["verify"],
    budget: "work",
    main: (
      <>
        <h1>{t("audit.heading")}</h1>
        <p>{t("audit.lead")}</p>
        <p>{t("audit.rest")}</p>
        <pre class="code" tabIndex={0} role="region" aria-label={t("campaign.verify_command")}>
          {text(data.command)}
        </pre>
        <div id="audit" data-vkey={text(data.vkey)} data-prefix={text(data.prefix)} data-worker={assets["replay.ts"]}>
          <p>{t("audit.no_script")}</p>
          <ul hidden>{each(data.categories, (category) => <li data-cat={text(category.id)}>{text(category.name)}</li>)}</ul>
        </div>
      </>
    ),
  });
}
