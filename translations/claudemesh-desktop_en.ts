<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>BlockLayout</name>
    <message numerus="yes">
        <source>Show %n more line(s)</source>
        <translation>
            <numerusform>Show %n more line</numerusform>
            <numerusform>Show %n more lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MessageLayout</name>
    <message numerus="yes">
        <source>delivered to %n peer(s)</source>
        <translation>
            <numerusform>delivered to %n peer</numerusform>
            <numerusform>delivered to %n peers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SlashCommands</name>
    <message numerus="yes">
        <source>%n peer(s)</source>
        <translation>
            <numerusform>%n peer</numerusform>
            <numerusform>%n peers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::app::Application</name>
    <message numerus="yes">
        <source>%n line(s) of the recording could not be read and were left out.</source>
        <translation>
            <numerusform>%n line of the recording could not be read and was left out.</numerusform>
            <numerusform>%n lines of the recording could not be read and were left out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::app::GraphPage</name>
    <message numerus="yes">
        <source>%n peer(s) need attention</source>
        <translation>
            <numerusform>%n peer needs attention</numerusform>
            <numerusform>%n peers need attention</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::app::HistoryActions</name>
    <message numerus="yes">
        <source>%n message(s) are in %1, readable without a key.</source>
        <translation>
            <numerusform>%n message is in %1, readable without a key.</numerusform>
            <numerusform>%n messages are in %1, readable without a key.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::app::TrayBadge</name>
    <message numerus="yes">
        <source>Claudemesh Desktop, %n unread</source>
        <translation>
            <numerusform>Claudemesh Desktop, %n unread</numerusform>
            <numerusform>Claudemesh Desktop, %n unread</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::app::Workspace</name>
    <message numerus="yes">
        <source>%n event(s) could not be kept; messages are never among them.</source>
        <translation>
            <numerusform>%n event could not be kept; messages never are.</numerusform>
            <numerusform>%n events could not be kept; messages are never among them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n entry(s) of the journal could not be read and were left out.</source>
        <translation>
            <numerusform>%n entry of the journal could not be read and was left out.</numerusform>
            <numerusform>%n entries of the journal could not be read and were left out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::graph::Overlay</name>
    <message numerus="yes">
        <source>%n peers</source>
        <translation>
            <numerusform>%n peer</numerusform>
            <numerusform>%n peers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n messages/min</source>
        <translation>
            <numerusform>%n message/min</numerusform>
            <numerusform>%n messages/min</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Hidden by the filter: %n peers</source>
        <translation>
            <numerusform>Hidden by the filter: %n peer</numerusform>
            <numerusform>Hidden by the filter: %n peers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Dimmed by the filter: %n peers</source>
        <translation>
            <numerusform>Dimmed by the filter: %n peer</numerusform>
            <numerusform>Dimmed by the filter: %n peers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::items::Attention</name>
    <message numerus="yes">
        <source>%n round(s)</source>
        <translation>
            <numerusform>%n round</numerusform>
            <numerusform>%n rounds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n message(s) unanswered</source>
        <translation>
            <numerusform>%n message unanswered</numerusform>
            <numerusform>%n messages unanswered</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n message(s) a minute</source>
        <translation>
            <numerusform>%n message a minute</numerusform>
            <numerusform>%n messages a minute</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::items::ConversationInfo</name>
    <message numerus="yes">
        <source>, not to %n</source>
        <translation>
            <numerusform>, not to %n</numerusform>
            <numerusform>, not to %n</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::items::ConversationListModel</name>
    <message numerus="yes">
        <source>%n peers</source>
        <translation>
            <numerusform>%n peer</numerusform>
            <numerusform>%n peers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n working</source>
        <translation>
            <numerusform>%n working</numerusform>
            <numerusform>%n working</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n unread</numerusform>
            <numerusform>%n unread</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n mention(s)</source>
        <translation>
            <numerusform>%n mention</numerusform>
            <numerusform>%n mentions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::items::PeerExport</name>
    <message numerus="yes">
        <source>Wrote %n peer(s) to %1.</source>
        <translation>
            <numerusform>Wrote %n peer to %1.</numerusform>
            <numerusform>Wrote %n peers to %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::store::ReplaySource</name>
    <message numerus="yes">
        <source>%n row(s) could not be opened</source>
        <translation>
            <numerusform>%n row could not be opened</numerusform>
            <numerusform>%n rows could not be opened</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::AskBoard</name>
    <message numerus="yes">
        <source>Goes to %n peer(s)</source>
        <translation>
            <numerusform>Goes to %n peer</numerusform>
            <numerusform>Goes to %n peers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::AttentionChips</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::AttentionList</name>
    <message numerus="yes">
        <source>%n more, less urgent</source>
        <translation>
            <numerusform>%n more, less urgent</numerusform>
            <numerusform>%n more, less urgent</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::ClockBar</name>
    <message numerus="yes">
        <source>connected · %n peer(s)</source>
        <extracomment>%n peers of a mesh</extracomment>
        <translation>
            <numerusform>connected · %n peer</numerusform>
            <numerusform>connected · %n peers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::EdgeCard</name>
    <message numerus="yes">
        <source>%n message(s) in the last minute</source>
        <translation>
            <numerusform>%n message in the last minute</numerusform>
            <numerusform>%n messages in the last minute</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Of your last %n message(s) that arrived</source>
        <translation>
            <numerusform>Of your last %n message that arrived</numerusform>
            <numerusform>Of your last %n messages that arrived</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::Figures</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n day</numerusform>
            <numerusform>%n days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::ImportDialog</name>
    <message numerus="yes">
        <source>Import %n meshes</source>
        <extracomment>button; %n meshes are chosen</extracomment>
        <translation>
            <numerusform>Import %n mesh</numerusform>
            <numerusform>Import %n meshes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::InvitePage</name>
    <message numerus="yes">
        <source>%1, %n use(s) left, valid until %2</source>
        <translation>
            <numerusform>%1, %n use left, valid until %2</numerusform>
            <numerusform>%1, %n uses left, valid until %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Hello,

this link lets you into the mesh %1 as %2:

%3

Open it with Claudemesh Desktop, or join from a terminal:

claudemesh join %3

It works until %4, %n time(s).
</source>
        <translation>
            <numerusform>Hello,

this link lets you into the mesh %1 as %2:

%3

Open it with Claudemesh Desktop, or join from a terminal:

claudemesh join %3

It works until %4, %n time.
</numerusform>
            <numerusform>Hello,

this link lets you into the mesh %1 as %2:

%3

Open it with Claudemesh Desktop, or join from a terminal:

claudemesh join %3

It works until %4, %n times.
</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::MeshPanel</name>
    <message numerus="yes">
        <source>%n subscriber(s)</source>
        <translation>
            <numerusform>%n subscriber</numerusform>
            <numerusform>%n subscribers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tool(s)</source>
        <translation>
            <numerusform>%n tool</numerusform>
            <numerusform>%n tools</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::MessageListView</name>
    <message numerus="yes">
        <source>%n message(s) loaded</source>
        <translation>
            <numerusform>%n message loaded</numerusform>
            <numerusform>%n messages loaded</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::NodeCard</name>
    <message numerus="yes">
        <source>With %1: %n message(s)</source>
        <translation>
            <numerusform>With %1: %n message</numerusform>
            <numerusform>With %1: %n messages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::NoticeBar</name>
    <message numerus="yes">
        <source>%n more</source>
        <comment>notices waiting</comment>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::PassphraseDialog</name>
    <message numerus="yes">
        <source>%n more character(s)</source>
        <extracomment>%n more characters are needed</extracomment>
        <translation>
            <numerusform>%n more character</numerusform>
            <numerusform>%n more characters</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::SearchPanel</name>
    <message numerus="yes">
        <source>The newest %n hit(s)</source>
        <translation>
            <numerusform>The newest %n hit</numerusform>
            <numerusform>The newest %n hits</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hit(s)</source>
        <translation>
            <numerusform>%n hit</numerusform>
            <numerusform>%n hits</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::SessionsPage</name>
    <message numerus="yes">
        <source>%n session(s) joined</source>
        <translation>
            <numerusform>%n session joined</numerusform>
            <numerusform>%n sessions joined</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <extracomment>after a list of names</extracomment>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::TemplatesPage</name>
    <message numerus="yes">
        <source>%n part(s) put into the mesh</source>
        <translation>
            <numerusform>%n part put into the mesh</numerusform>
            <numerusform>%n parts put into the mesh</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %n kept as it was</source>
        <translation>
            <numerusform>%1, %n kept as it was</numerusform>
            <numerusform>%1, %n kept as they were</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::TimelineCanvas</name>
    <message numerus="yes">
        <source>and %n more</source>
        <extracomment>%n further events at the same place of the timeline</extracomment>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %2: %n message(s)
now %3 · next %4 · low %5</source>
        <extracomment>%1 a time, %2 a duration, %n messages, then how many of each priority</extracomment>
        <translation>
            <numerusform>%1, %2: %n message
now %3 · next %4 · low %5</numerusform>
            <numerusform>%1, %2: %n messages
now %3 · next %4 · low %5</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %n peer(s)
working %2 · do not disturb %3 · idle %4</source>
        <extracomment>how many peers there were at a time %1</extracomment>
        <translation>
            <numerusform>%1: %n peer
working %2 · do not disturb %3 · idle %4</numerusform>
            <numerusform>%1: %n peers
working %2 · do not disturb %3 · idle %4</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mesh::views::TimelineView</name>
    <message numerus="yes">
        <source>%n event(s)</source>
        <extracomment>number of events in the list</extracomment>
        <translation>
            <numerusform>%n event</numerusform>
            <numerusform>%n events</numerusform>
        </translation>
    </message>
</context>
</TS>
