# SPDX-License-Identifier: GPL-3.0-or-later
# The flags of every target live in one INTERFACE target; floors, tests and benchmarks are made by the functions below.
include_guard(GLOBAL)

add_library(mesh_flags INTERFACE)
target_compile_features(mesh_flags INTERFACE cxx_std_20)
target_include_directories(mesh_flags INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(mesh_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wold-style-cast -Woverloaded-virtual -Wnon-virtual-dtor
    $<$<BOOL:${MESH_WERROR}>:-Werror>)
target_compile_definitions(mesh_flags INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_FOREACH QT_NO_KEYWORDS
    QT_STRICT_ITERATORS QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_MESSAGELOGCONTEXT
    MESH_VERSION="${PROJECT_VERSION}")
set(CMAKE_CXX_EXTENSIONS OFF)

if(MESH_SANITIZE)
    target_compile_options(mesh_flags INTERFACE -fsanitize=${MESH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(mesh_flags INTERFACE -fsanitize=${MESH_SANITIZE})
endif()

# Linking is half of the build with the default linker: each test carries the whole program.
find_program(MESH_MOLD mold)
if(MESH_MOLD AND (CMAKE_CXX_COMPILER_ID MATCHES "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12.1))
    target_link_options(mesh_flags INTERFACE -fuse-ld=mold)
endif()

# mesh_add_library(<target> SOURCES ... LIBS ... [ALONE ...])
# Sources are compiled in bundles, since reading Qt's headers costs more than the rest; a precompiled header of them is
# 220 MB and no faster than reading them. Names in anonymous namespaces must therefore be unique within a floor.
# ALONE names sources that take so long that they had better be compiled beside the others.
function(mesh_add_library target)
    cmake_parse_arguments(arg "" "" "SOURCES;LIBS;ALONE" ${ARGN})
    add_library(${target} STATIC ${arg_SOURCES})
    target_link_libraries(${target} PUBLIC mesh_flags ${arg_LIBS})
    if(MESH_UNITY)
        set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
        set_source_files_properties(${arg_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
endfunction()

# mesh_add_test_program(<program> TESTS <name> ... [SOURCES ...] LIBS ... [DEFINITIONS ...])
# One program of many test classes, compiled in bundles as the floors are (tests/support/testprogram.h). TESTS names
# sources without their ending; each is a test of ctest's by that name, run in a process of its own. SOURCES holds
# helpers and the sources of tests that mesh_add_test adds with options.
function(mesh_add_test_program program)
    cmake_parse_arguments(arg "" "" "TESTS;SOURCES;LIBS;DEFINITIONS" ${ARGN})
    list(TRANSFORM arg_TESTS APPEND .cpp OUTPUT_VARIABLE sources)
    add_executable(${program} ${sources} ${arg_SOURCES}
        "${PROJECT_SOURCE_DIR}/tests/support/testprogram.cpp" "${PROJECT_SOURCE_DIR}/tests/support/testprogram.h")
    target_link_libraries(${program} PRIVATE mesh_flags ${arg_LIBS} Qt6::Test)
    target_compile_definitions(${program} PRIVATE
        MESH_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" MESH_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ${arg_DEFINITIONS})
    # A bundle includes the sources, so a name without linkage in one of them looks as if it came from a header.
    target_compile_options(${program} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
    if(MESH_UNITY)
        set_target_properties(${program} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 5)
    endif()
    foreach(name ${arg_TESTS})
        mesh_add_test(${program} ${name})
    endforeach()
endfunction()

# mesh_add_test(<program> <name> [ENVIRONMENT VAR=value ...] [TIMEOUT <seconds>] [WRAPPER command ...])
# WRAPPER runs the test below another command, for instance in a D-Bus session of its own.
function(mesh_add_test program name)
    cmake_parse_arguments(arg "" "TIMEOUT" "ENVIRONMENT;WRAPPER" ${ARGN})
    add_test(NAME ${name} COMMAND ${arg_WRAPPER} $<TARGET_FILE:${program}> ${name})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    if(MESH_SANITIZE)
        math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 3") # instrumented code is that much slower
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_LOGGING_RULES=mesh.*.debug=false;${arg_ENVIRONMENT}")
    add_custom_target(${name} DEPENDS ${program}) # the build knows a test by the name ctest has for it
endfunction()

# mesh_add_bench(<name> SOURCES ... LIBS ...): a program that prints figures beside their yardstick; not part of ctest.
function(mesh_add_bench name)
    cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE mesh_flags ${arg_LIBS})
    target_compile_definitions(${name} PRIVATE
        MESH_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" MESH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endfunction()
