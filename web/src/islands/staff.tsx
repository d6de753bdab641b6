/**
 * The staff's page: signing in, the own key, acts that wait for a second signer, phases, people,
 * sessions, and the register of access. What somebody may do is the server's decision; the page only
 * leaves out what would be refused.
 */
import { type JSX, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../lib/api.ts";
import { Staff } from "../lib/staff.ts";
import { lang, t } from "../lib/texts.ts";
import { Accesses, Sessions } from "./staff/access.tsx";
import { Acts } from "./staff/acts.tsx";
import { Keys } from "./staff/keys.tsx";
import { type Campaign, type Desk, Unanswered } from "./staff/parts.tsx";
import { People, ROLES } from "./staff/people.tsx";
import { Phases } from "./staff/phases.tsx";
import { Accept, Recover, SignIn } from "./staff/sign_in.tsx";

interface View {
  name: string;
  title: string;
  /** Empty: everybody. */
  roles: string[];
  show(desk: Desk): JSX.Element;
}

const VIEWS: View[] = [
  { name: "acts", title: t("staff.acts"), roles: ["administrator", "moderator"], show: (desk) => <Acts desk={desk} /> },
  { name: "phases", title: t("staff.phases"), roles: ["administrator", "auditor", "operator"], show: (desk) => <Phases desk={desk} /> },
  { name: "people", title: t("staff.people"), roles: ["administrator"], show: (desk) => <People desk={desk} /> },
  { name: "key", title: t("staff.keys"), roles: [], show: (desk) => <Keys desk={desk} /> },
  { name: "sessions", title: t("staff.sessions"), roles: [], show: (desk) => <Sessions desk={desk} /> },
  { name: "accesses", title: t("staff.accesses"), roles: ["administrator", "auditor"], show: (desk) => <Accesses desk={desk} /> },
];

const hash = (): string => location.hash.slice(1);

function Menu({ role, current }: { role: string; current: string }): JSX.Element {
  return (
    <nav aria-label={t("staff.menu")}>
      <ul class="links">
        {VIEWS.filter(({ roles }) => roles.length === 0 || roles.includes(role)).map(({ name, title }) => (
          <li>
            <a href={`#${name}`} aria-current={name === current ? "page" : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Signed({ desk }: { desk: Desk }): JSX.Element {
  const [current, setCurrent] = useState(hash());
  useEffect(() => {
    const follow = (): void => setCurrent(hash());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const { person, role } = desk.staff.session!;
  const mine = VIEWS.filter(({ roles }) => roles.length === 0 || roles.includes(role));
  const view = mine.find(({ name }) => name === current) ?? mine[0]!;
  const leave = async (): Promise<void> => {
    await desk.staff.signOut();
    desk.changed();
  };
  return (
    <>
      <p class="row">
        {t("staff.signed_in", { person, role: ROLES[role] ?? role })}{" "}
        <button type="button" class="plain" onClick={leave}>
          {t("staff.sign_out")}
        </button>
      </p>
      <Menu role={role} current={view.name} />
      {(role === "moderator" || role === "administrator") && (
        <p>
          <a href={`/${lang}/${desk.staff.campaign}/moderation`}>{t("staff.moderation")}</a>
        </p>
      )}
      {/* Each view begins anew: what one asked for is not another's. */}
      <div key={view.name}>{view.show(desk)}</div>
    </>
  );
}

function App({ id }: { id: string }): JSX.Element {
  const [staff] = useState(() => new Staff(id));
  const [campaign, setCampaign] = useState<Campaign | null>(null);
  const [unanswered, setUnanswered] = useState(false);
  const [, redraw] = useState(0);
  const [recovering, setRecovering] = useState(false);
  const refresh = async (): Promise<Campaign> => {
    const { json } = await ask<Campaign>(`/api/v1/campaigns/${id}`);
    setCampaign(json);
    return json;
  };
  const changed = (): void => redraw((n) => n + 1);
  useEffect(() => {
    Promise.all([refresh(), staff.resume()]).then(changed, () => setUnanswered(true));
  }, []);
  const done = (): void => {
    history.replaceState(null, "", location.pathname.replace(/\/accept$/, ""));
    setRecovering(false);
    changed();
  };
  if (unanswered) return <Unanswered />;
  if (!campaign) return <p role="status">{t("staff.working")}</p>;
  // The token of an invitation stands behind #, which no browser sends.
  const invitation = location.pathname.endsWith("/staff/accept") ? /^[0-9a-f]{64}$/.exec(hash())?.[0] : undefined;
  if (!staff.session && invitation) return <Accept staff={staff} token={invitation} done={done} />;
  if (!staff.session && recovering) return <Recover staff={staff} done={done} />;
  if (!staff.session) return <SignIn staff={staff} done={changed} lost={() => setRecovering(true)} />;
  return <Signed desk={{ staff, campaign, refresh, changed }} />;
}

const place = document.getElementById("app")!;
place.textContent = "";
render(<App id={place.dataset.campaign!} />, place);
