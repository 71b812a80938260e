// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QLatin1StringView>

#include <array>

#include "models/items/peerfilter.h"

//! \file
//! The words of the filter language, one table for parser, completion and tests.
namespace mesh::items {

enum class FilterKind { Text, Word, Number };

struct FilterWord
{
    FilterField field;
    const char *word;
    FilterKind kind;
    const char *example;
};

inline constexpr std::array filterWords{
    FilterWord{FilterField::Type, "type", FilterKind::Word, "type:ai"},
    FilterWord{FilterField::Status, "status", FilterKind::Word, "status:working"},
    FilterWord{FilterField::Group, "group", FilterKind::Text, "group:backend"},
    FilterWord{FilterField::Model, "model", FilterKind::Text, "model:opus*"},
    FilterWord{FilterField::Channel, "channel", FilterKind::Text, "channel:slack"},
    FilterWord{FilterField::Host, "host", FilterKind::Text, "host:build-*"},
    FilterWord{FilterField::Cwd, "cwd", FilterKind::Text, "cwd:*/shop"},
    FilterWord{FilterField::Name, "name", FilterKind::Text, "name:sales-*"},
    FilterWord{FilterField::Unread, "unread", FilterKind::Number, "unread:yes"},
    FilterWord{FilterField::Context, "context", FilterKind::Number, "context>80"},
    FilterWord{FilterField::Idle, "idle", FilterKind::Number, "idle>5m"},
};

inline const FilterWord *filterWord(QStringView word)
{
    for (const FilterWord &entry : filterWords) {
        if (word.compare(QLatin1StringView(entry.word), Qt::CaseInsensitive) == 0)
            return &entry;
    }
    return nullptr;
}

inline const FilterWord &filterWord(FilterField field)
{
    for (const FilterWord &entry : filterWords) {
        if (entry.field == field)
            return entry;
    }
    return filterWords.front();
}

} // namespace mesh::items
