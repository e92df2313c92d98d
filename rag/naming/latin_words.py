"""English words in lower case that are capitalised and are no names, or that join, open or divide names.

They are lists, not a dictionary: what is common and missing here is asked of the lexicon (`rag.naming.latin_names`).
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NO_NAMES = _words(
    """
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday
    mondays tuesdays wednesdays thursdays fridays saturdays sundays mon tue tues wed thu thur thurs fri
    sat spring summer autumn winter christmas easter
    i i'm i've i'd i'll ok okay mr mrs ms dr st
    ceo cfo coo cto cio cmo cso ciso evp svp vp md pr hr it ai agi ml llm llms nlp api apis sdk ui ux os pc pcs tv tvs
    cpu cpus gpu gpus npu npus asic asics ram rom dram ssd hdd pdf html http https url urls usb wifi wi-fi bluetooth vr
    ar xr mr ev evs suv suvs gps atm atms id ids faq diy app apps r&d q&a m&a b2b b2c saas paas iaas ipo ipos etf etfs
    gdp cpi ppi pmi roi roe roa eps ebit ebitda capex opex esg kpi kpis ngo ngos ngos dna rna mrna icu phd ph.d mba ba
    bsc msc am pm ad bc bce ce utc gmt est pst edt pdt
    usd rmb cny eur gbp jpy hkd us$ hk$ nt$ krw chf aud cad kw mw gw tw kwh mwh gwh twh kg km cm mm kb mb gb tb pb hz
    khz mhz ghz db ml ha ppm bps co2 nm yoy qoq ytd inc corp ltd llc plc co
    ac dc celsius fahrenheit internet web net government bible moon earth god state federal
    figure table chapter section article part phase step appendix page volume no number note line level grade class
    stage round item question answer source sources photo image copyright
    """
)
# No names by themselves, but part of some: American Airlines.
ADJECTIVES = _words(
    """
    american americans chinese british briton britons english french german germans japanese korean koreans indian
    indians russian russians italian italians spanish spaniards canadian canadians australian australians european
    europeans asian asians african africans arab arabic latin dutch swiss swedish swedes danish norwegian finnish polish
    portuguese brazilian brazilians mexican mexicans turkish turks greek greeks israeli israelis iranian iranians
    ukrainian ukrainians vietnamese thai indonesian malaysian singaporean singaporeans filipino taiwanese hongkonger
    saudi egyptian irish scottish welsh austrian belgian czech hungarian cantonese mandarin western eastern northern
    southern christian christians muslim muslims jewish jews buddhist catholic protestant islamic
    """
)
# Words that end one name and begin the next: "Amazon Chief Executive Andy Jassy".
TITLES = _words(
    """
    ceo cfo coo cto president chairman chairwoman chairperson chair director minister premier chancellor secretary
    senator governor mayor professor prof dr mr mrs ms miss madam spokesman spokeswoman spokesperson representative
    congressman congresswoman ambassador founder co-founder cofounder analyst economist manager engineer officer
    executive sen rep gov hon lt sgt col capt commissioner reporter correspondent editor author actor actress singer
    economists analysts investors investor chief
    """
)
ALONE_NO_NAMES = NO_NAMES | ADJECTIVES | TITLES
# Titles only where a name follows: Burger King, but "King Charles".
HONORIFICS = _words("king queen prince princess pope lord lady sir general gen judge justice captain major emperor")
ROLE_WORDS = _words(
    """
    foreign finance prime vice deputy chief senior executive managing general assistant interior defense defence health
    education acting associate former commerce trade financial operating technology marketing legal independent
    """
)
OPENERS = _words(
    """
    the a an in on at by for from of to with without within into onto over under above below between among against
    during before after since until till about around across through throughout toward towards upon via per as but and
    or nor so yet if when while where whereas because although though unless whether that this these those it its he his
    she her hers they their theirs them we our ours you your yours my mine me him us who whom whose which what why how
    there here then thus hence therefore however moreover furthermore meanwhile instead besides also even still just
    only not no none nothing neither either both all any some many much more most few fewer less least several each
    every other others another such same own than too very now today yesterday tomorrow once twice again never always
    often sometimes soon later earlier finally recently currently eventually is are was
    were be been being am do does did has have had can could will would shall should may might must let please yes like
    unlike despite according due given regarding including following except beyond behind near inside outside along
    amid amidst alongside rival rivals shares
    share stock analysts experts officials critics investors meet ask see read born based founded dear hello thanks
    perhaps maybe indeed overall together rather it's that's there's he's she's what's let's who's here's don't
    can't won't isn't doesn't didn't
    """
)
# Dropped only where they begin a sentence: "New Amazon rules", but "the New Economic Policy".
WEAK_OPENERS = _words(
    "former new old big top one two three four five six seven eight nine ten first second third last next"
)
PARTICLES = _words("de von van der den del da di la le du bin ibn dos al el")
HEADS = _words(
    """
    university college institute institution school academy bank ministry department bureau office house court
    republic kingdom state states city bay gulf cape isle isles museum library council committee commission board
    federation union association organization organisation society league centre center foundation fund agency
    administration church cathedral hospital port tower temple palace gate lake mount district province people's
    kingdoms church order lord lady chamber alliance centers centres institutes academy bureau
    """
)
HEAD_JOINERS = _words("of for")
DOTTED = _words("mr mrs ms dr prof sen rep gov gen st lt col sgt capt jr sr hon")
