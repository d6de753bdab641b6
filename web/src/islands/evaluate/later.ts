/** The screens after the first one, in a part that is loaded while somebody reads that. */
export { Ballot } from "./ballot.tsx";
export { Code, Elsewhere } from "./code.tsx";
export { Review } from "./review.tsx";
export { Sent } from "./sent.tsx";
