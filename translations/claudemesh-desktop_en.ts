<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
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
