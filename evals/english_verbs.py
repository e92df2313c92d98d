"""The base forms of English verbs that questions are made with: opened → open, shrank → shrink.

Only these are known. A rule for the others would need to tell "planned" from "planed", and a question with a wrong verb
is worse than none.
"""

from __future__ import annotations

import re


def _pairs(text: str) -> dict[str, str]:
    return dict(re.findall(r"(\w+):(\w+)", text))


PAST = _pairs(
    "added:add adopted:adopt agreed:agree allocated:allocate announced:announce appointed:appoint approved:approve "
    "arrived:arrive asked:ask attracted:attract banned:ban became:become began:begin bought:buy broke:break "
    "brought:bring built:build came:come cancelled:cancel carried:carry changed:change chose:choose closed:close "
    "collected:collect committed:commit completed:complete cost:cost counted:count created:create cut:cut "
    "decided:decide declared:declare delivered:deliver designed:design died:die discovered:discover donated:donate "
    "drew:draw dropped:drop earned:earn employed:employ ended:end entered:enter established:establish "
    "expanded:expand exported:export fell:fall finished:finish founded:found gained:gain gave:give "
    "generated:generate grew:grow had:have handled:handle held:hold hired:hire hit:hit imported:import "
    "improved:improve increased:increase installed:install introduced:introduce invested:invest joined:join "
    "kept:keep laid:lay lasted:last launched:launch led:lead lost:lose made:make merged:merge met:meet "
    "moved:move needed:need offered:offer opened:open ordered:order owned:own paid:pay passed:pass planned:plan "
    "planted:plant played:play produced:produce promised:promise published:publish raised:raise ran:run "
    "reached:reach received:receive recorded:record reduced:reduce refused:refuse released:release "
    "removed:remove renamed:rename repaired:repair replaced:replace reported:report resigned:resign retired:retire "
    "returned:return rose:rise sank:sink saved:save sent:send served:serve shipped:ship shrank:shrink signed:sign "
    "sold:sell spent:spend started:start stopped:stop supplied:supply supported:support took:take tested:test "
    "trained:train turned:turn used:use visited:visit voted:vote went:go weighed:weigh withdrew:withdraw won:win "
    "worked:work wrote:write"
)
PRESENT = _pairs(
    "allows:allow becomes:become begins:begin contains:contain costs:cost employs:employ expects:expect goes:go "
    "has:have holds:hold lasts:last needs:need owns:own pays:pay produces:produce provides:provide requires:require "
    "sells:sell takes:take weighs:weigh"
)
# Those that are as often another word: "the left wing", "the rescue plans". Only where the rest of the sentence tells.
AMBIGUOUS_PAST = _pairs("left:leave")
AMBIGUOUS_PRESENT = _pairs(
    "closes:close covers:cover ends:end helps:help makes:make offers:offer opens:open plans:plan runs:run serves:serve "
    "starts:start supports:support uses:use wants:want works:work"
)
