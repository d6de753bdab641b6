/** The moderators' page: the queue, one nomination, what waits for a second signature, disputes, one's own
 * decisions. Views are addresses after #, so that the browser's back button goes where people expect. */
import { Component, type JSX, render } from "preact";
import { directions } from "../lib/directions.ts";
import { type ActState, Staff } from "../lib/staff.ts";
import { lang, t } from "../lib/texts.ts";
import { Alert, type Trouble, troubleOf } from "../parts/form.tsx";
import { Cosign } from "./moderation/cosign.tsx";
import { Desk } from "./moderation/desk.ts";
import { Disputes } from "./moderation/disputes.tsx";
import { Erasures } from "./moderation/erasures.tsx";
import { History } from "./moderation/history.tsx";
import { ItemView } from "./moderation/item.tsx";
import type { Erasure, QueueItem } from "./moderation/model.ts";
import { Queue } from "./moderation/queue.tsx";

const MODERATORS = ["moderator", "administrator", "auditor"];

interface Props {
  desk: Desk;
}

interface State {
  hash: string;
  ready: boolean;
  items: QueueItem[];
  erasures: Erasure[];
  seen: number;
  result: string;
  trouble: Trouble | null;
}

const hashNow = (): string => location.hash.slice(1) || "queue";

class Moderation extends Component<Props, State> {
  override state: State = { hash: hashNow(), ready: false, items: [], erasures: [], seen: 0, result: "", trouble: null };

  override componentDidMount(): void {
    addEventListener("hashchange", () => this.#show());
    this.#open();
  }

  async #open(): Promise<void> {
    const { desk } = this.props;
    try {
      if (await desk.staff.resume()) await desk.open();
      this.setState({ ready: true });
      if (desk.staff.session) await this.#read();
    } catch (error) {
      this.setState({ ready: true, trouble: troubleOf(error) });
    }
  }

  async #read(): Promise<void> {
    const queue = await this.props.desk.staff.call<Pick<State, "items" | "erasures" | "seen">>("GET", "moderation/queue");
    this.setState(queue);
  }

  async #show(): Promise<void> {
    const hash = hashNow();
    this.setState({ hash, trouble: null, ...(!hash.startsWith("queue") && { result: "" }) });
    try {
      if (["queue", "appeals", "erasures"].includes(hash)) await this.#read();
    } catch (error) {
      this.setState({ trouble: troubleOf(error) });
    }
  }

  #done(state: ActState): void {
    const result =
      state.state === "logged"
        ? t("moderation.logged", { number: String(state.index) })
        : t("moderation.waiting", { number: String(state.number) });
    this.setState({ result });
    location.hash = "#queue";
  }

  #notSignedIn(): JSX.Element {
    const { staff } = this.props.desk;
    return (
      <div class="notice warn">
        <p>{t("moderation.signed_out")}</p>
        <p>
          <a class="button" href={`/${lang}/${staff.campaign}/staff`}>
            {t("moderation.to_staff")}
          </a>
        </p>
      </div>
    );
  }

  #view(hash: string): JSX.Element {
    const { desk } = this.props;
    const gone = (): void => this.forceUpdate();
    const [name, number] = hash.split("/");
    if (name === "item") return <ItemView key={number} desk={desk} number={Number(number)} onGone={gone} onDone={(state) => this.#done(state)} />;
    if (name === "cosign") return <Cosign desk={desk} onGone={gone} />;
    if (name === "disputes") return <Disputes desk={desk} onGone={gone} />;
    if (name === "mine") return <History desk={desk} onGone={gone} />;
    const { items, erasures, seen } = this.state;
    if (name === "erasures") return <Erasures desk={desk} items={erasures} seen={seen} onLogged={() => this.#show()} />;
    return <Queue key={name} desk={desk} items={items} appeals={name === "appeals"} />;
  }

  #links(hash: string): JSX.Element {
    const links = [
      ["queue", t("moderation.queue")],
      ["cosign", t("moderation.cosign")],
      ["appeals", t("moderation.appeals")],
      ["disputes", t("moderation.disputes")],
      ["mine", t("moderation.mine")],
      ...(this.props.desk.staff.session?.role === "administrator" ? [["erasures", t("moderation.erasures")] as const] : []),
    ] as const;
    return (
      <nav class="tabs" aria-label={t("moderation.views")}>
        {links.map(([name, label]) => (
          <a key={name} href={`#${name}`} aria-current={hash === name ? "page" : undefined}>
            {label}
          </a>
        ))}
      </nav>
    );
  }

  override render({ desk }: Props, { hash, ready, result, trouble }: State): JSX.Element | null {
    const { session } = desk.staff;
    if (!ready) return null;
    if (!session) return trouble ? <Alert trouble={trouble} /> : this.#notSignedIn();
    if (!MODERATORS.includes(session.role)) return <p class="notice warn">{t("moderation.not_role")}</p>;
    return (
      <>
        {this.#links(hash)}
        {!desk.key && session.role !== "auditor" && (
          <p class="notice warn">
            {t("moderation.no_key")} <a href={`/${lang}/${desk.staff.campaign}/staff`}>{t("moderation.to_staff")}</a>
          </p>
        )}
        {result && (
          <p class="notice" role="status">
            {result}
          </p>
        )}
        {trouble && <Alert trouble={trouble} />}
        {this.#view(hash)}
      </>
    );
  }
}

const place = document.getElementById("moderation")!;
place.textContent = "";
render(<Moderation desk={new Desk(new Staff(place.dataset.campaign!), directions())} />, place);
