"""Words that everybody uses in every incident: alone, they give nothing away and would only trip the scan."""

from typing import Final

GENERIC: Final = frozenset(
    """
    about access account accounts acknowledge acknowledged action active added address admin after again agent agents
    alert alerts another answer answers appliance application applications approved area audit available average
    backend backup balance bank base batch before behind below between books boot both bridge broken browser build
    cache calls cancel card case cases category cause center central change changed changes channel check checks
    class clear client clients close closed cloud cluster clusters code collection command commit common company
    complete component components compute config configuration connection connections console contact container
    content control controller core corp corporation count country cpu create created critical current customer
    customers daily dashboard data database databases date days default degraded delay deliver delivers delivery
    demo department deploy deployed deployment description design desk detail details detected device direct disable
    disabled disk display document documents domain done down draft drive driver during edge email enable enabled
    endpoint engine engineer engineering engineers entry environment error errors europe event events every example
    excluded external failed failing fails failure failures false fast feature features feed field file files filter
    final fire firewall first fixed flow focus folder following force form format forward found frame free from front
    frontend full function gateway general given global green group groups guide handle hardware have health healthy
    help here high higher highest history hold home host hosts hour hours identified image impact important inbound
    incident incidents index info information infrastructure inside install instance instances integration interface
    internal invalid investigating issue issues item items jobs join keep kernel keys kind known label labels language
    large last later launch layer lead leader left legacy level library light limit limited line link links linux list
    live load loading local location lock logging login logs long look lost lower machine mail main maintenance major
    make manage management manual many mark market master match maximum meeting member members memory message messages
    method metric metrics middle minimum minor minute minutes mobile mode model module modules monitor monitoring month
    move multiple name names native near network networks never next night node nodes none normal north note notes
    notice notification number object office offline once online only open operation operations option order other
    outage outages outbound output outside over owner page paged pages parent part partial partner parts password past
    patch path payment payments people percent performance period permission person phase phone plan platform point
    policy pool port position possible post power present press previous price primary print priority private problem
    problems process processing product production products profile program progress project proxy public pull queries
    query queue ready reason record records recovered recovery region regional regions related release remote repair
    replica report reporting reports request requests required reset resolved resource resources response rest restart
    restore restored result results retry return review right risk role root route router rule rules running runtime
    sample save scale schedule scheme scope score screen script search second secondary seconds section secure security
    select send sent server servers service services session sessions setting settings setup severity share shared
    should side sign signal signing simple since single site size slow small snapshot software solution some source
    south space special stable stack staff stage stand standard standby start started state static station status step
    still stop storage store stream string strong structure subject submit success summary supply support switch sync
    system systems table target task tasks team teams template terms test testing tests text then there thing third
    this thread threshold through ticket tickets tier time times title today token tool tools total trace track trade
    traffic transaction transactions transfer trigger triggered trust type under unit units until update updated
    updates upgrade upper usage used user users valid value values vendor version versions very view virtual visible
    volume wait waiting warning watch week weeks well were west when which while will window windows with within work
    worker workers working world write year years zone
    """.split()  # noqa: SIM905 -- six hundred quotation marks less
)
"""Folded, at least four letters each; identifiers with digits or punctuation are never generic."""
